/** The file of an opened database: whether it is still the one under its name. */

import { statSync } from 'node:fs';
import type { SqliteDatabase } from './database.ts';

/** Watches over a file. */
export interface OpenedFile {
  /**
   * Looks whether what is written now will be found after a restart.
   *
   * SQLite itself goes on writing to a file that has been deleted, and says that all is well.
   *
   * @throws Error with SQLite's code for a file that was deleted or replaced
   */
  check(): void;
}

/** Finds the file of a database; one in memory has none. */
export function fileOf(database: SqliteDatabase): OpenedFile | undefined {
  const list = database.prepare("select file from pragma_database_list where name = 'main'");
  const { file: path }: { readonly file?: string | null } = Object(list.all()[0]);
  if (!path) return undefined;
  const opened = identityOf(path);
  return {
    check() {
      if (identityOf(path) === opened) return;
      throw Object.assign(
        new Error(
          `The file '${path}' was deleted or replaced while it was open: what is written now would be lost. Restart this process.`,
        ),
        { code: 'SQLITE_READONLY_DBMOVED' },
      );
    },
  };
}

function identityOf(path: string): string | undefined {
  const found = statSync(path, { throwIfNoEntry: false });
  return found && `${found.dev}:${found.ino}`;
}

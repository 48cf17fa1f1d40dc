/** The file of an opened database: whether what is written now will be found after a restart. */

import { existsSync, statSync } from 'node:fs';
import type { SqliteDatabase } from './database.ts';
import type { FileLoss } from './faults.ts';

/** Watches over a file. SQLite itself continues writing to a file that has been deleted, and says that all is well. */
export interface OpenedFile {
  readonly path: string;
  /** The loss of the file; `undefined` if it is still the one that was opened. */
  loss(): FileLoss | undefined;
  /** Whether the file can be opened again, once the database is closed. */
  isBack(loss: FileLoss): boolean;
}

/** Finds the file of a database; one in memory has none. */
export function fileOf(database: SqliteDatabase): OpenedFile | undefined {
  const list = database.prepare("select file from pragma_database_list where name = 'main'");
  const { file: path }: { readonly file?: string | null } = Object(list.all()[0]);
  if (!path) return undefined;
  const opened = look(path);
  let log = look(`${path}-wal`)?.identity;
  let size = opened?.size ?? 0;

  /** A database in use keeps its log, and one that leaves the mode has none any more. */
  function isLogMoved(): boolean {
    const found = look(`${path}-wal`)?.identity;
    if (found === log) return false;
    if (log !== undefined && answerTo(database, 'journal_mode') === 'wal') {
      // into the file with what the deleted log has
      answerTo(database, 'wal_checkpoint(truncate)');
      return true;
    }
    log = found;
    return false;
  }

  /** A file shrinks by itself only to the pages that it has; SQLite also counts those that are only in the log. */
  function isTruncated(found: number): boolean {
    if (found >= size) {
      size = found;
      return false;
    }
    const wanted =
      Number(answerTo(database, 'page_count')) * Number(answerTo(database, 'page_size'));
    if (found >= wanted) size = found;
    return found + (look(`${path}-wal`)?.size ?? 0) < wanted;
  }

  return {
    path,
    loss() {
      const found = look(path);
      if (found === undefined || found.identity !== opened?.identity) return 'moved';
      if (isLogMoved()) return 'log moved';
      return isTruncated(found.size) ? 'truncated' : undefined;
    },
    isBack(loss) {
      if (!existsSync(path)) return false;
      // with its index there, another process still writes to the deleted log, and a new log beside it would break the file
      return loss !== 'log moved' || existsSync(`${path}-wal`) || !existsSync(`${path}-shm`);
    },
  };
}

/** The first value that a pragma answers with. */
function answerTo(database: SqliteDatabase, pragma: string): unknown {
  return Object.values(Object(database.prepare(`pragma ${pragma}`).all()[0]))[0];
}

function look(path: string): { readonly identity: string; readonly size: number } | undefined {
  const found = statSync(path, { throwIfNoEntry: false });
  return found && { identity: `${found.dev}:${found.ino}`, size: found.size };
}

/** Files and drivers for the tests of this package. */

import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SqliteConstructor } from '../../../test/servers/sqlite-drivers.ts';
import { betterSqlite3Driver, nodeSqliteDriver } from '../../../test/servers/sqlite-drivers.ts';
import { isStress } from '../../../test/setup/size.ts';

/** The driver of the lockfile. */
export const libsql: SqliteConstructor = createRequire(import.meta.url)('libsql');

/** The driver that opens a path on this runtime. Two SQLite libraries in one process do not see each other's locks on a file. */
export const ofPaths: SqliteConstructor = nodeSqliteDriver() ?? libsql;

/** Drivers by name: those that need no compiler, or in the stress tier better-sqlite3, which is compiled when it is missing. */
export async function drivers(): Promise<{ readonly [name: string]: SqliteConstructor }> {
  if (isStress) return { 'better-sqlite3': await betterSqlite3Driver() };
  const node = nodeSqliteDriver();
  return { libsql, ...(node && { 'node:sqlite': node }) };
}

/** libsql with the members by which other drivers say whether a transaction is open: they are not installed everywhere. */
export const likeOthers: { readonly [name: string]: SqliteConstructor } = {
  'one that says inTransaction': withMembers('inTransaction'),
  'one that says isTransaction': withMembers('isTransaction'),
  'one that does not say whether a transaction is open': withMembers(),
};

function withMembers(name?: string): SqliteConstructor {
  return class {
    readonly #database: InstanceType<SqliteConstructor> & { readonly inTransaction?: boolean };
    #isOpen = true;
    constructor(path: string) {
      this.#database = new libsql(path);
      // a closed libsql would end the process
      const get = () => this.#isOpen && this.#database.inTransaction;
      if (name !== undefined) Object.defineProperty(this, name, { get });
    }
    prepare(sql: string) {
      return this.#database.prepare(sql);
    }
    exec(sql: string) {
      return this.#database.exec(sql);
    }
    close() {
      this.#isOpen = false;
      return this.#database.close();
    }
  };
}

/** A folder for files of databases. */
export function folder(): { file(name: string): string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'telefsm-sqlite-'));
  return {
    file: (name) => join(path, name),
    remove: () => rmSync(path, { recursive: true, force: true }),
  };
}

/** A clock that stands still until it is moved. */
export function stoppedClock(): {
  time: number;
  now(): number;
  monotonic(): number;
  setTimeout(): void;
  clearTimeout(): void;
} {
  const clock = {
    time: 1_700_000_000_000,
    now: () => clock.time,
    monotonic: () => clock.time,
    setTimeout() {},
    clearTimeout() {},
  };
  return clock;
}

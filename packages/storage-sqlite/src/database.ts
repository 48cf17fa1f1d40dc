/** The databases that the storage works on: what it needs of a driver, and which driver opens a path. */

import { FsmError } from '@telefsm/core';
import { classify } from './faults.ts';

/** A prepared statement of node:sqlite, bun:sqlite, better-sqlite3 or libsql. */
export interface SqliteStatement {
  run(...parameters: SqliteValue[]): { readonly changes: number | bigint };
  get(...parameters: SqliteValue[]): unknown;
  all(...parameters: SqliteValue[]): readonly unknown[];
}

/** The value of a placeholder. */
export type SqliteValue = string | number | null | Uint8Array;

/** A database of node:sqlite, bun:sqlite, better-sqlite3 or libsql; they have more than is needed here. */
export interface SqliteDatabase {
  prepare(sql: string): SqliteStatement;
  exec(sql: string): unknown;
  close(): unknown;
  /** Whether a transaction is open; node:sqlite has the other name. */
  readonly inTransaction?: boolean;
  readonly isTransaction?: boolean;
}

/**
 * Whether a transaction is open on a database; `undefined` where the driver does not say.
 *
 * node:sqlite does not before Node 22.16, and libsql (0.5) ends the process if its database is closed. There, statements begin a transaction
 * of their own, which fails within another one.
 */
export function isInTransaction(database: SqliteDatabase): boolean | undefined {
  if ('syncUntil' in database) return undefined;
  return database.inTransaction ?? database.isTransaction;
}

/**
 * Rejects a database whose rows are not objects, because every row would be misread.
 *
 * @throws FsmError `INVALID_OPTION`
 */
export function requireObjects(database: SqliteDatabase): void {
  const row = database.prepare('select 1 as one').get();
  if (Object(row).one !== undefined) return;
  const found = Array.isArray(row)
    ? 'arrays, as with `returnArrays`'
    : `a row with the columns ${Object.keys(Object(row)).join(', ') || 'none'}`;
  throw invalid('path', 'a database whose rows are objects with the names of the columns', found);
}

/** How an opened file is written. */
export interface OpenOptions {
  /**
   * `normal` writes a commit to the file immediately and to the disk a little later. A killed process loses nothing, a power cut may
   * lose the last commits. `full` waits for the disk each time.
   */
  readonly synchronous?: 'normal' | 'full';
}

/**
 * How long a statement waits for another process to finish writing, in ms. The drivers block the event loop while they wait, so it
 * is short, and core asks again.
 */
const busyTimeout = 50;

/**
 * Opens a file with the first driver that this runtime has.
 *
 * @throws FsmError `INVALID_OPTION` if there is no driver, or the file cannot be opened; what the driver throws if the file is busy
 */
export function openDatabase(
  path: string,
  { synchronous = 'normal' }: OpenOptions,
): SqliteDatabase {
  if (path.includes('\0')) {
    throw invalid('path', 'a path without a NUL character', JSON.stringify(path));
  }
  // it becomes a part of a statement
  if (!/^(?:normal|full)$/.test(synchronous)) {
    throw invalid('synchronous', "'normal' or 'full'", JSON.stringify(synchronous));
  }
  const open = findDriver();
  let database: SqliteDatabase | undefined;
  try {
    makePrivate(path);
    database = open(path);
    database.exec(`pragma busy_timeout = ${busyTimeout}`);
    database.exec('pragma journal_mode = wal');
    database.exec(`pragma synchronous = ${synchronous}`);
    return database;
  } catch (cause) {
    if (database !== undefined) closeQuietly(database);
    if (classify(cause) === 'retry') throw cause;
    const found = `'${path}' (${cause instanceof Error ? cause.message : cause})`;
    const expected =
      'a file that this process may create and write, in a folder that exists; restore a damaged file from a backup, or remove it';
    throw new FsmError('INVALID_OPTION', { option: 'path', expected, found }, { cause });
  }
}

function invalid(option: string, expected: string, found: string): FsmError {
  return new FsmError('INVALID_OPTION', { option, expected, found });
}

/**
 * Makes a missing file that only its owner can read, since it will contain texts of users; SQLite gives its log the same mode. A file that is
 * there keeps its mode.
 */
function makePrivate(path: string): void {
  if (path === '' || path === ':memory:' || path.startsWith('file:')) return;
  const { closeSync, openSync } = process.getBuiltinModule('node:fs');
  try {
    closeSync(openSync(path, 'a', 0o600));
  } catch {
    // opening it says why
  }
}

/** Closes a database whatever becomes of it: closing writes the log into the file, which may be what is broken. */
export function closeQuietly(database: SqliteDatabase): void {
  try {
    database.close();
  } catch {
    // there is nothing else to do with it
  }
}

type Open = (path: string) => SqliteDatabase;
type Constructor = new (path: string) => SqliteDatabase;

/** Modules that have a driver, the runtime's own first, and the names of their constructors. */
const drivers: readonly (readonly [string, (module: unknown) => unknown])[] = [
  ['node:sqlite', (module) => (module as { readonly DatabaseSync?: unknown }).DatabaseSync],
  ['bun:sqlite', (module) => (module as { readonly Database?: unknown }).Database],
  ['better-sqlite3', (module) => module],
  ['libsql', (module) => module],
];

function findDriver(): Open {
  const reasons: string[] = [];
  for (const [name, constructorOf] of drivers) {
    try {
      const Database = constructorOf(load(name)) as Constructor;
      // A driver may be installed and still not run here: its binary is loaded at first use.
      new Database(':memory:').close();
      return (path) => new Database(path);
    } catch (error) {
      reasons.push(`${name}: ${firstLine(error)}`);
    }
  }
  throw new FsmError('INVALID_OPTION', {
    option: 'path',
    expected:
      'an opened database, or a runtime that can open one: Node 22.13 or later, Deno or Bun, or better-sqlite3 or libsql installed',
    found: `a path, and no driver (${reasons.join('; ')})`,
  });
}

/**
 * Loads a module at run time. Bundlers never see its name: a native driver cannot be bundled, and a missing one must not fail the build.
 *
 * In a bundle `import.meta.url` is undefined or an address of the machine that built it, so the bot's main module and its working
 * directory are tried as well.
 */
function load(name: string): unknown {
  const builtin: unknown = process.getBuiltinModule(name);
  if (builtin) return builtin;
  const { createRequire } = process.getBuiltinModule('node:module');
  const [, main] = process.argv;
  const bases = [import.meta.url, main, `${process.cwd()}/`].filter((base) => !!base);
  let reason: unknown;
  for (const base of bases) {
    try {
      return createRequire(base as string)(name);
    } catch (error) {
      reason ??= error;
    }
  }
  throw reason;
}

function firstLine(error: unknown): string {
  const [line = ''] = String(error instanceof Error ? error.message : error).split('\n');
  return line;
}

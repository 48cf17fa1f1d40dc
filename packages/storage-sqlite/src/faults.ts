/** What an error of SQLite says about the statement that failed. */

import type { StorageFault } from '@telefsm/core/storage';

/** Passes: another process writes, the schema has just changed, no memory, interrupted. */
const passing: readonly (readonly [name: string, code: number])[] = [
  ['BUSY', 5],
  ['LOCKED', 6],
  ['NOMEM', 7],
  ['INTERRUPT', 9],
  ['PROTOCOL', 15],
  ['SCHEMA', 17],
];

/** Stays until somebody does something: full, read-only, broken, gone, or a mistake. */
const lasting: readonly (readonly [name: string, code: number])[] = [
  ['ERROR', 1],
  ['PERM', 3],
  ['READONLY', 8],
  ['IOERR', 10],
  ['CORRUPT', 11],
  ['FULL', 13],
  ['CANTOPEN', 14],
  ['TOOBIG', 18],
  ['CONSTRAINT', 19],
  ['MISMATCH', 20],
  ['MISUSE', 21],
  ['AUTH', 23],
  ['RANGE', 25],
  ['NOTADB', 26],
];

/** How each driver words a database that its owner has closed: none of them gives it a result code. */
const closed =
  /database(?: connection)? is not open|statement has been finalized|closed database|database has closed/i;

/**
 * Sorts an error by its result code. SQLite takes back a statement that failed, so each error of its own means: not executed.
 *
 * better-sqlite3 and libsql name the code (`SQLITE_BUSY_SNAPSHOT`), node:sqlite numbers it.
 */
export function classify(error: unknown): StorageFault {
  if (typeof error !== 'object' || error === null) return 'unknown';
  if (error instanceof Error && closed.test(error.message)) return 'fatal';
  const { code, errcode } = error as { readonly code?: unknown; readonly errcode?: unknown };
  const [, name] = /^SQLITE_([A-Z]+)/.exec(typeof code === 'string' ? code : '') ?? [];
  // The low byte is the primary code.
  const number = typeof errcode === 'number' ? errcode & 0xff : undefined;
  const is = ([known, value]: readonly [string, number]) => known === name || value === number;
  if (passing.some(is)) return 'retry';
  return lasting.some(is) ? 'fatal' : 'unknown';
}

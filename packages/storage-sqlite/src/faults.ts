/** Classifies errors of SQLite. */

import { FsmError, isFsmError } from '@telefsm/core';
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
  if (isFsmError(error)) return 'fatal';
  if (error instanceof Error && closed.test(error.message)) return 'fatal';
  const is = codeOf(error);
  if (passing.some(is)) return 'retry';
  return lasting.some(is) ? 'fatal' : 'unknown';
}

/** Returns whether an error has a result code. */
function codeOf(error: unknown): (code: readonly [name: string, number: number]) => boolean {
  const { code, errcode }: { readonly code?: unknown; readonly errcode?: unknown } = Object(error);
  const [, found] = /^SQLITE_([A-Z]+)/.exec(typeof code === 'string' ? code : '') ?? [];
  // The low byte is the primary code.
  const number = typeof errcode === 'number' ? errcode & 0xff : undefined;
  return ([name, value]) => name === found || value === number;
}

const restore =
  'Stop all processes of the file, and restore it from a backup. To start over, remove it together with its -wal and -shm.';
const mayWrite = 'Allow this process to write the file, its -wal and -shm, and their folder.';

/** The reason and the remedy, by SQLite's result code. */
const remedies: readonly (readonly [name: string, code: number, reason: string, string])[] = [
  ['PERM', 3, 'this process may not use it', mayWrite],
  ['READONLY', 8, 'it is read-only', mayWrite],
  ['IOERR', 10, 'reading or writing it failed', 'Check the disk, and whether the file is whole.'],
  ['CORRUPT', 11, 'it is damaged', restore],
  ['FULL', 13, 'its disk is full', 'Make space on the disk.'],
  ['CANTOPEN', 14, 'it or its -wal cannot be opened', mayWrite],
  ['NOTADB', 26, 'it is not a database', restore],
];

/** How each driver words tables that were dropped; the code says only that there was an error. */
const missing = /no such table:/;
/** How each driver words a table, a view or an index of somebody else. */
const taken = /no such column:|already exists|there is already an? |because it is a view/;

/** How a driver words a transaction that begins within another one. */
const nested = /cannot start a transaction within a transaction/;

/** Names what is wrong and what to do, where that is known; any other error stays as it is. */
export function explained(error: unknown, file: string): unknown {
  if (isFsmError(error) || !(error instanceof Error)) return error;
  const { message } = error;
  if (nested.test(message)) return openTransaction();
  if (missing.test(message)) {
    const remedy = 'They are created again, empty, at the next update.';
    return unusable(file, `its tables were dropped (${message})`, remedy, error);
  }
  if (taken.test(message)) {
    const remedy = 'Rename or drop it, or choose another file.';
    return unusable(
      file,
      `something else has a name that telefsm needs (${message})`,
      remedy,
      error,
    );
  }
  const is = codeOf(error);
  const known = remedies.find(([name, code]) => is([name, code]));
  return known === undefined ? error : unusable(file, `${known[2]} (${message})`, known[3], error);
}

/** Whether a database has to be opened again after an error, since what it has in memory may no longer be what is in the file. */
export function isWorthReopening(error: unknown): boolean {
  if (error instanceof Error && (missing.test(error.message) || taken.test(error.message)))
    return true;
  const is = codeOf(error);
  return remedies.some(([name, code]) => name !== 'FULL' && is([name, code]));
}

/** The kinds of loss of an open file. */
export type FileLoss = 'moved' | 'log moved' | 'truncated';

const losses: { readonly [loss in FileLoss]: string } = {
  moved: 'it was deleted or replaced while it was open, and what is written now would be lost',
  'log moved':
    'its -wal was deleted or replaced while it was open, and what is written now would be lost',
  truncated: 'it was cut short while it was open',
};

/** The error for a file that somebody else has deleted, replaced or cut. */
export function lostFile(file: string, loss: FileLoss, isOwn: boolean): FsmError {
  const act =
    loss === 'log moved'
      ? 'Stop all processes that use the file, and start them again.'
      : 'Put the file back, with its -wal.';
  const remedy = isOwn
    ? act
    : `${act} A database that was passed in has to be opened anew: restart.`;
  return unusable(file, losses[loss], remedy);
}

/** The error while the bot has a transaction open on the database that it passed in: a rollback would undo what is written meanwhile. It passes. */
export function openTransaction(): Error {
  const message =
    'The database that was passed in has an open transaction. End it before you call sqliteStorage(), before the handler ends and before ctx.state.commit().';
  return Object.assign(new Error(message), { code: 'SQLITE_BUSY' });
}

function unusable(file: string, reason: string, remedy: string, cause?: unknown): FsmError {
  const details = { storage: `The SQLite file '${file}'`, reason, remedy };
  return new FsmError('STORAGE_UNUSABLE', details, cause === undefined ? undefined : { cause });
}

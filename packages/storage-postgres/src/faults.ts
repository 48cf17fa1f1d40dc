/** What an error of PostgreSQL or of its client says about the statement that failed. */

import { isFsmError, type StorageFault } from '@telefsm/core';

/**
 * Errors that the server answers with after it has undone the statement, and that pass: serialization failures, deadlocks, no memory or
 * no free connection, a lock or a time limit, a server that is still starting; and the one error of a socket that was never open.
 */
const passing = /^(40001|40P01|53[2-9]..|55P03|57014|57P03|ECONNREFUSED)$/;

/**
 * Errors that stay until somebody does something: a full disk, read-only, no rights, a wrong password, database or schema, a table that
 * is not what it should be, a value that cannot be stored.
 */
const lasting = /^(53100|25006|0A...|22...|23...|28...|3D...|3F...|42...|44...|54...)$/;

/**
 * Sorts an error by its SQLSTATE; whatever is not certainly undone is `unknown`.
 *
 * Connections that break (08, 57P01, sockets) are `unknown` even though most such statements were not executed: the answer may be
 * what got lost.
 */
export function classify(error: unknown): StorageFault {
  if (isFsmError(error) || isEnded(error)) return 'fatal';
  const code = (error as { readonly code?: unknown } | null | undefined)?.code;
  if (typeof code !== 'string') return 'unknown';
  if (passing.test(code)) return 'retry';
  return lasting.test(code) ? 'fatal' : 'unknown';
}

/** A pool that its owner has ended; `pg` says so without a code. */
function isEnded(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('Cannot use a pool after calling end');
}

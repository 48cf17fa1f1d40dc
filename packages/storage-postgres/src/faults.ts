/** Classifies errors of PostgreSQL and its clients. */

import { FsmError, isFsmError } from '@telefsm/core';
import type { StorageFault } from '@telefsm/core/storage';

/**
 * Retryable errors of the server, after which the statement is undone. They are serialization failures, deadlocks, no memory or
 * no free connection, a lock or a time limit, and a server that is still starting. So are a named statement that this connection lacks, and
 * the one error of a socket that was never open.
 */
const passing =
  /^(26000|40001|40P01|53[2-9]..|55P03|57014|57P03|ECONNREFUSED|ERR_POSTGRES_CONNECTION_REFUSED)$/;

/**
 * Permanent errors, until somebody acts. Examples: a full disk, a read-only server, no rights, a wrong password, database or schema, a table that
 * is not what it should be, a value that cannot be stored.
 */
const lasting =
  /^(CONNECTION_ENDED|53100|25006|55000|0A...|22...|23...|28...|3D...|3F...|42...|44...|54...)$/;

/** Messages of a pool of `pg`, without a code, before a statement is sent: its owner has ended it, or all connections are in use. */
const ended = 'Cannot use a pool after calling end';
const exhausted = 'timeout exceeded when trying to connect';

/**
 * Sorts an error by its SQLSTATE; whatever is not certainly undone is `unknown`.
 *
 * Connections that break (08, 57P01, sockets) are `unknown` even though most such statements were not executed: the answer may be
 * what got lost.
 */
export function classify(error: unknown): StorageFault {
  if (isFsmError(error) || says(error, ended)) return 'fatal';
  if (says(error, exhausted)) return 'retry';
  const code = codeOf(error);
  if (typeof code !== 'string') return 'unknown';
  if (passing.test(code)) return 'retry';
  return lasting.test(code) ? 'fatal' : 'unknown';
}

/** The SQLSTATE of an error, or what the runtime says of its socket. */
export function codeOf(error: unknown): unknown {
  const { code, errno }: { readonly code?: unknown; readonly errno?: unknown } = Object(error);
  // `Bun.SQL` has one code for all errors of the server; the `errno` of Node's sockets is a number
  return typeof errno === 'string' ? errno : code;
}

/** With these the server ends the connection: it breaks, the server stops or fails, or the session reached a time limit. */
const ending = /^(08...|25P0[34]|57P..|58...|XX...)$/;

/** Whether the server rejected only the statement, so that its connection can be used further. Its word for the severity is in its language. */
export function isOfStatement(error: unknown): boolean {
  const { severity }: { readonly severity?: unknown } = Object(error);
  const code = codeOf(error);
  return typeof severity === 'string' && typeof code === 'string' && !ending.test(code);
}

function says(error: unknown, words: string): boolean {
  return error instanceof Error && error.message.startsWith(words);
}

/**
 * The reason and the remedy, by SQLSTATE. Where a code has several meanings, the function of the server that reported it decides:
 * messages are in the language of the server.
 */
const remedies: readonly (readonly [faults: RegExp, reason: string, remedy: string])[] = [
  [
    /^42501/,
    'its role lacks a right',
    'Grant the role usage on the schema, select on the …_meta table, and select, insert, update and delete on the …_conversation table.',
  ],
  [
    /^(42P01|3F000)/,
    'its table or schema does not exist',
    'They are created at the next update if the role may do so; else call migratePostgres() with a role that may.',
  ],
  [
    /^(42703|42804|42883 op_error)/,
    'its table has other columns',
    'Drop the object that has this name, or choose another name: postgresStorage(pool, { table }).',
  ],
  [
    /^25006/,
    'the server or the session is read-only',
    'Connect to the primary, and check default_transaction_read_only.',
  ],
  [/^53100/, 'its disk is full', 'Make space on the disk of the server.'],
  [
    /^28/,
    'the server rejected the role',
    'Correct the user and the password, or pg_hba.conf; if it requires TLS, set `ssl` of the client.',
  ],
  [
    /^(42P07|42710|42809|55000 (rewriteTargetView|error_view_not_updatable))/,
    'something else has a name that telefsm needs',
    'Rename or drop it, such as the index of a table that was renamed, or choose another name: postgresStorage(pool, { table }).',
  ],
  [
    /^22P05/,
    'the encoding of its database lacks a character',
    "Create a database with the encoding UTF8: CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0.",
  ],
  [/^CONNECTION_ENDED/, 'its client was closed', 'Keep the client open until the bot has stopped.'],
  [/^3D000/, 'the database does not exist', 'Create it, or correct the name of the database.'],
];

/** Names what is wrong and what to do, where that is known; any other error stays as it is. */
export function explained(error: unknown, conversation: string): unknown {
  const code = codeOf(error);
  if (isFsmError(error) || typeof code !== 'string') return error;
  const { message, routine }: { readonly message?: string; readonly routine?: string } =
    Object(error);
  const known = remedies.find(([faults]) => faults.test(`${code} ${routine}`));
  if (known === undefined) return error;
  const [, reason, remedy] = known;
  const storage = `PostgreSQL's table ${conversation}`;
  const details = { storage, reason: `${reason} (${message})`, remedy };
  return new FsmError('STORAGE_UNUSABLE', details, { cause: error });
}

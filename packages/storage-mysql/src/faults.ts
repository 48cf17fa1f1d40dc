/** Classifies errors of MySQL, MariaDB and `mysql2`. */

import { FsmError, isFsmError } from '@telefsm/core';
import type { StorageFault } from '@telefsm/core/storage';

/**
 * Retryable errors, after which the statement was certainly not executed. Examples: a deadlock, a lock that was not free in time, too many
 * connections, a server that shuts down, a socket that was never open.
 */
const passing = new Set([
  'ER_LOCK_DEADLOCK',
  'ER_LOCK_WAIT_TIMEOUT',
  'ER_CHECKREAD', // MariaDB: "Record has changed since last read", under innodb_snapshot_isolation
  'ER_CON_COUNT_ERROR',
  'ER_TOO_MANY_USER_CONNECTIONS',
  'ER_USER_LIMIT_REACHED',
  'ER_OUT_OF_RESOURCES',
  'ER_OUTOFMEMORY',
  'ER_QUERY_TIMEOUT',
  'ER_STATEMENT_TIMEOUT',
  'ER_MAX_PREPARED_STMT_COUNT_REACHED',
  'ER_NEED_REPREPARE',
  'ECONNREFUSED',
]);

/** Errors that stay until somebody does something: rights, names, read-only servers, full disks, values that cannot be stored. */
const lasting = new Set([
  'ER_ACCESS_DENIED_ERROR',
  'ER_DBACCESS_DENIED_ERROR',
  'ER_TABLEACCESS_DENIED_ERROR',
  'ER_COLUMNACCESS_DENIED_ERROR',
  'ER_PROCACCESS_DENIED_ERROR',
  'ER_SPECIFIC_ACCESS_DENIED_ERROR',
  'ER_MUST_CHANGE_PASSWORD',
  'ER_MUST_CHANGE_PASSWORD_LOGIN',
  'ER_ACCOUNT_HAS_BEEN_LOCKED',
  'ER_NOT_SUPPORTED_AUTH_MODE',
  'ER_HOST_NOT_PRIVILEGED',
  'ER_HOST_IS_BLOCKED',
  'ER_BAD_DB_ERROR',
  'ER_NO_DB_ERROR',
  'ER_NO_SUCH_TABLE',
  'ER_SP_DOES_NOT_EXIST',
  'ER_BAD_FIELD_ERROR',
  'ER_PARSE_ERROR',
  'ER_NON_INSERTABLE_TABLE',
  'ER_NON_UPDATABLE_TABLE',
  'ER_SP_WRONG_NO_OF_ARGS',
  'ER_WRONG_OBJECT',
  'ER_OPTION_PREVENTS_STATEMENT',
  'ER_READ_ONLY_MODE',
  'ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION',
  'ER_OPEN_AS_READONLY',
  'ER_DISK_FULL',
  'ER_RECORD_FILE_FULL',
  'ER_NET_PACKET_TOO_LARGE',
  'ER_DATA_TOO_LONG',
  'ER_TRUNCATED_WRONG_VALUE_FOR_FIELD',
  'ER_CRASHED_ON_USAGE',
  'ER_TABLESPACE_MISSING',
  'ER_TABLESPACE_DISCARDED',
  'ER_BINLOG_STMT_MODE_AND_ROW_ENGINE',
  'ENOTFOUND',
  'HANDSHAKE_NO_SSL_SUPPORT',
  'ER_SECURE_TRANSPORT_REQUIRED',
  'AUTH_SWITCH_PLUGIN_ERROR',
]);

/** Messages of `mysql2`, without a code, before a statement is sent. */
const closedPool = /^Pool is closed|Can't add new command when connection is in closed state/;
const fullQueue = /^Queue limit reached|^No connections available/;

/**
 * Sorts an error by its code; whatever was not certainly undone is `unknown`.
 *
 * A connection that breaks is `unknown`, even though most such statements were not executed: the answer may be what got lost.
 */
export function classify(error: unknown): StorageFault {
  if (isFsmError(error)) return 'fatal';
  const { message = '' }: { readonly message?: string } = Object(error);
  if (closedPool.test(message)) return message.startsWith('Pool') ? 'fatal' : 'unknown';
  if (fullQueue.test(message)) return 'retry';
  const code = codeOf(error);
  if (passing.has(code)) return 'retry';
  return lasting.has(code) ? 'fatal' : 'unknown';
}

/** The name that `mysql2` gives an error, or what Node says of its socket; empty without one. */
export function codeOf(error: unknown): string {
  const { code }: { readonly code?: unknown } = Object(error);
  return typeof code === 'string' ? code : '';
}

const readOnly =
  /^ER_(OPTION_PREVENTS_STATEMENT|READ_ONLY_MODE|CANT_EXECUTE_IN_READ_ONLY_TRANSACTION|OPEN_AS_READONLY)$/;

/** Whether an error says that the server or the session is read-only. */
export function isReadOnly(error: unknown): boolean {
  return readOnly.test(codeOf(error));
}

/** The reason and the remedy, by error code. */
const remedies: readonly (readonly [codes: RegExp, reason: string, remedy: string])[] = [
  [
    /^ER_(TABLEACCESS|COLUMNACCESS|PROCACCESS|DBACCESS|SPECIFIC_ACCESS)_DENIED_ERROR$/,
    'its user lacks a right',
    'Grant the user select on the …_meta table, select, insert, update and delete on the …_conversation table, and execute on the procedure.',
  ],
  [
    /^ER_(NO_SUCH_TABLE|SP_DOES_NOT_EXIST)$/,
    'its table or procedure does not exist',
    'They are created at the next update if the user may do so; else call migrateMysql() with a user that may.',
  ],
  [
    /^ER_BAD_FIELD_ERROR$/,
    'its table has other columns',
    'Drop what is not a table of telefsm, or choose another name: mysqlStorage(pool, { table }).',
  ],
  [
    /^ER_(NON_(INSERTABLE|UPDATABLE)_TABLE|SP_WRONG_NO_OF_ARGS|WRONG_OBJECT)$/,
    'something else has a name that telefsm needs',
    'Rename or drop it, or choose another name: mysqlStorage(pool, { table }).',
  ],
  [
    readOnly,
    'the server or the session is read-only',
    'Connect to the primary, and check read_only and transaction_read_only.',
  ],
  [/^ER_(DISK_FULL|RECORD_FILE_FULL)$/, 'its disk or tablespace is full', 'Make space on it.'],
  [
    /^ER_(ACCESS_DENIED_ERROR|HOST_NOT_PRIVILEGED|HOST_IS_BLOCKED|ACCOUNT_HAS_BEEN_LOCKED|MUST_CHANGE_PASSWORD.*)$/,
    'the server rejected the user',
    'Correct the user and the password, and the hosts that it may connect from. If the server requires TLS, set `ssl` of the pool.',
  ],
  [/^ER_SECURE_TRANSPORT_REQUIRED$/, 'the server requires TLS', 'Set `ssl` of the pool.'],
  [
    /^HANDSHAKE_NO_SSL_SUPPORT$/,
    'the server has no TLS',
    'Set it up on the server, or remove `ssl` of the pool.',
  ],
  [
    /^ER_(BAD_DB_ERROR|NO_DB_ERROR)$/,
    'there is no such database',
    'Create it, or name one: mysqlStorage(pool, { database }).',
  ],
  [
    /^ER_BINLOG_STMT_MODE_AND_ROW_ENGINE$/,
    'the server cannot log its changes',
    'Set binlog_format to ROW or MIXED, or the isolation level to REPEATABLE READ.',
  ],
  [
    /^ER_(CRASHED_ON_USAGE|TABLESPACE_MISSING|TABLESPACE_DISCARDED)$/,
    'it is damaged',
    'Restore it from a backup, or drop it to start over.',
  ],
];

/** Names what is wrong and what to do, where that is known; any other error stays as it is. */
export function explained(error: unknown, conversation: string): unknown {
  if (isFsmError(error)) return error;
  const code = codeOf(error);
  const known = remedies.find(([codes]) => codes.test(code));
  if (known === undefined) return error;
  const [, reason, remedy] = known;
  const { message }: { readonly message?: string } = Object(error);
  const storage = `The table ${conversation}`;
  const details = { storage, reason: `${reason} (${message})`, remedy };
  return new FsmError('STORAGE_UNUSABLE', details, { cause: error });
}

/** Makes the error for a connection that came with a transaction that the bot left open. */
export function openTransaction(conversation: string): FsmError<'STORAGE_UNUSABLE'> {
  return new FsmError('STORAGE_UNUSABLE', {
    storage: `The table ${conversation}`,
    reason:
      'a connection of the pool had an open transaction, which was rolled back with all changes',
    remedy: 'Call commit() or rollback() before release(), and leave autocommit on.',
  });
}

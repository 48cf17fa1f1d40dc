/** The tables: made and brought up to date by the first process, and their version checked by all. */

import { FsmError } from '@telefsm/core';
import {
  answerOf,
  type MysqlCallbackPool,
  type MysqlConnection,
  type MysqlPool,
  otherRows,
  poolOf,
  type Row,
  type Value,
} from './client.ts';
import { codeOf, explained } from './faults.ts';
import { type MysqlNames, type Tables, tablesOf } from './names.ts';
import { acquireProcedure } from './statements.ts';

/**
 * Creates the tables and the procedure, or brings them up to date; safe if several processes do so at the same time.
 *
 * For users that may not change tables. Call it once with a user that may. Then grant the bot's user `select, insert, update, delete` on
 * the conversations, `select` on the version and `execute` on the procedure.
 *
 * @param pool - a pool of `mysql2` or `mysql2/promise`; it stays open
 * @throws FsmError `INVALID_OPTION` if the user may not create tables there; `STORAGE_NEWER` if a newer telefsm made them
 *
 * @example
 * ```ts
 * import { migrateMysql } from '@telefsm/storage-mysql';
 * import { createPool } from 'mysql2/promise';
 *
 * const owner = createPool(process.env['OWNER_URL'] ?? '');
 * await migrateMysql(owner, { database: 'bot' });
 * await owner.end();
 * ```
 */
export async function migrateMysql(pool: MysqlPool, names: MysqlNames = {}): Promise<void> {
  const callbacks = poolOf(pool);
  const tables = tablesOf(names);
  try {
    await prepare(callbacks, tables, true);
  } catch (error) {
    throw explained(error, tables.conversation);
  }
}

/** The limits of the server. */
export interface Limits {
  /** The bytes of the values of one statement. */
  readonly bytes: number;
}

/** The size of a packet without the values of its statement, in bytes. */
const packetHead = 1024;

/**
 * Checks that the tables are as this version needs them, and changes them if that is allowed.
 *
 * The check comes first, so that a user without the right to create tables can use those that exist.
 *
 * @param isMissing - whether a table or the procedure was found missing, whatever the version says
 */
export async function prepare(
  pool: MysqlCallbackPool,
  tables: Tables,
  migrate: boolean,
  isMissing = false,
): Promise<Limits> {
  const ask: Ask = (statement) => answerOf((answered) => pool.query(statement, answered));
  const [session] = await ask('select @@max_allowed_packet as bytes, @@autocommit as isCommitting');
  // with `typeCast: false` every value is a Buffer
  if (Buffer.isBuffer(session?.['bytes'])) throw otherRows('bytes in place of a number');
  if (!/^\d+$/.test(String(session?.['bytes'])))
    throw otherRows(`a row with the columns ${Object.keys(Object(session)).join(', ')}`);
  const bytes = Number(session?.['bytes']) - packetHead;
  if (Number(session?.['isCommitting']) === 0) {
    throw new FsmError('INVALID_OPTION', {
      option: 'pool',
      expected: 'one whose sessions commit each statement',
      found: 'sessions with autocommit = 0',
    });
  }
  const version = await versionOf(ask, tables);
  const found = isMissing && version <= migrations.length ? 0 : version;
  if (found > migrations.length) {
    const known = migrations.length;
    throw new FsmError('STORAGE_NEWER', { storage: tables.conversation, version: found, known });
  }
  if (found === migrations.length) return { bytes };
  if (!migrate) {
    const state = found === 0 ? 'missing' : `version ${found}, not ${migrations.length}`;
    throw new FsmError('INVALID_OPTION', {
      option: 'migrate',
      expected: 'true, or tables created earlier by migrateMysql()',
      found: `false, and ${tables.conversation} is ${state}`,
    });
  }
  await change(pool, tables, isMissing);
  return { bytes };
}

/** Steps from one version of the tables to the next. A step may be edited until its release. After that, only new steps are added. */
const migrations: readonly ((tables: Tables) => readonly string[])[] = [
  (tables) => [
    `create table if not exists ${tables.conversation} (
      \`key\` varbinary(2048) not null primary key,
      record longblob,
      state varbinary(2048),
      deadline_at bigint,
      expires_at bigint,
      wake_at bigint,
      owner varbinary(255),
      fence bigint not null,
      lease_until bigint not null,
      claim varbinary(64),
      key wake (wake_at),
      key claimed (claim)
    ) engine = InnoDB row_format = dynamic comment = 'Conversations of telefsm: one row each, its lease included'`,
    acquireProcedure(tables),
  ],
];

/** Sends a statement, to a pool or to one of its connections. */
type Ask = (statement: string, values?: Value[]) => Promise<Row[]>;

async function versionOf(ask: Ask, { meta }: Tables): Promise<number> {
  try {
    const [row] = await ask(`select version from ${meta}`);
    return Number(row?.['version'] ?? 0);
  } catch (error) {
    if (codeOf(error) === 'ER_NO_SUCH_TABLE') return 0;
    throw error;
  }
}

/** Changes of tables end a transaction here, so processes exclude each other by a lock of the server, and each step can be repeated. */
async function change(pool: MysqlCallbackPool, tables: Tables, isMissing: boolean): Promise<void> {
  const connection = await answerOf<MysqlConnection>((answered) => pool.getConnection(answered));
  const ask: Ask = (statement, values = []) =>
    answerOf((answered) => connection.query(statement, values, answered));
  let isLocked = false;
  let mode: string | undefined;
  try {
    // a procedure keeps the mode of the session that created it, and MariaDB's mode ORACLE has another syntax for procedures
    const [session] = await ask('select @@sql_mode as mode');
    mode = session && String(session['mode']);
    await ask("set sql_mode = 'STRICT_ALL_TABLES'");
    const [lock] = await ask('select get_lock(?, 30) as locked', [tables.lock]);
    isLocked = Number(lock?.['locked']) === 1;
    if (!isLocked) {
      const error = new Error('Another process is changing the tables of telefsm.');
      throw Object.assign(error, { code: 'ER_LOCK_WAIT_TIMEOUT' });
    }
    const { meta } = tables;
    await ask(
      `create table if not exists ${meta} (id tinyint primary key, version int not null) engine = InnoDB`,
    );
    // another process may have been first; where something was dropped, every step is repeated
    const found = isMissing ? 0 : await versionOf(ask, tables);
    for (const step of migrations.slice(found).flatMap((each) => each(tables)))
      await runStep(ask, step);
    await ask(
      `insert into ${meta} (id, version) values (1, ${migrations.length})
        on duplicate key update version = greatest(version, ${migrations.length})`,
    );
  } catch (error) {
    if (!/^ER_(DBACCESS|TABLEACCESS|PROCACCESS|SPECIFIC_ACCESS)_DENIED_ERROR$/.test(codeOf(error)))
      throw error;
    const { message }: { readonly message?: string } = Object(error);
    throw new FsmError(
      'INVALID_OPTION',
      {
        option: 'database',
        expected:
          'one in which this user may create tables and routines, or tables made there by migrateMysql() with a user that may',
        found: `that of ${tables.conversation}, where the server rejected it (${message})`,
      },
      { cause: error },
    );
  } finally {
    if (isLocked) await ask('do release_lock(?)', [tables.lock]).catch(() => {});
    if (mode !== undefined) await ask('set sql_mode = ?', [mode]).catch(() => {});
    connection.release();
  }
}

/** Repeats a step without harm: the name of a procedure carries its version, so one that exists is the right one. */
async function runStep(ask: Ask, step: string): Promise<void> {
  try {
    await ask(step);
  } catch (error) {
    if (codeOf(error) !== 'ER_SP_ALREADY_EXISTS') throw error;
  }
}

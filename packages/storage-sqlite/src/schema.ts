/** The tables, and how older ones become today's. */

import { FsmError } from '@telefsm/core';
import type { SqliteDatabase } from './database.ts';

/** Steps from one version of the tables to the next; never edited once released, only added to. */
const migrations: readonly string[] = [
  `create table telefsm_conversation (
    key text primary key,
    record,
    state,
    owner text,
    lease_until integer,
    waiters text,
    deadline_at integer,
    wake_at integer,
    expires_at integer
  );
  create index telefsm_conversation_wake on telefsm_conversation (wake_at) where wake_at is not null;
  create index telefsm_conversation_expiry on telefsm_conversation (expires_at) where expires_at is not null;`,
  // numbers each grant: with the owner it names the holder
  'alter table telefsm_conversation add column fence integer;',
];

/**
 * Makes the tables, or brings them up to date; safe when several processes start at the same time.
 *
 * @throws FsmError `STORAGE_NEWER` where a later version of telefsm has made them
 */
export function prepareTables(database: SqliteDatabase): void {
  if (isCurrent(database)) return;
  database.exec('begin immediate');
  try {
    // Another process may have been first.
    if (!isCurrent(database)) {
      database.exec('create table if not exists telefsm_meta (name text primary key, value)');
      for (const step of migrations.slice(stepsTaken(database))) database.exec(step);
      const remember = 'insert or replace into telefsm_meta (name, value) values (?, ?)';
      database.prepare(remember).run('version', migrations.length);
    }
    database.exec('commit');
  } catch (error) {
    database.exec('rollback');
    throw error;
  }
}

function isCurrent(database: SqliteDatabase): boolean {
  const version = versionOf(database);
  const known = migrations.length;
  if (version > known) {
    throw new FsmError('STORAGE_NEWER', { storage: 'telefsm_conversation', version, known });
  }
  return version === known && stepsTaken(database) === known;
}

function versionOf(database: SqliteDatabase): number {
  const tables = database.prepare("select name from sqlite_master where name = 'telefsm_meta'");
  if (!tables.get()) return 0;
  const found = database.prepare('select value from telefsm_meta where name = ?').get('version');
  return Number((found as { readonly value: unknown } | undefined)?.value ?? 0);
}

/** How many steps the table of conversations shows: either table may have been dropped. None if it is somebody else's, which stays as it is. */
function stepsTaken(database: SqliteDatabase): number {
  const columns = database.prepare("select name from pragma_table_info('telefsm_conversation')");
  const names = columns.all().map((column) => (column as { readonly name: unknown }).name);
  if (!names.includes('lease_until')) return 0;
  return names.includes('fence') ? 2 : 1;
}

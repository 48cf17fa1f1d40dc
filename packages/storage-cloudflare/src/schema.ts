/** The tables of an object, and how older ones become today's. */

import { FsmError } from '@telefsm/core';
import type { ObjectStorage } from './platform.ts';

/** Steps from one version of the tables to the next. A released step is never edited; new ones are appended. */
const migrations: readonly string[] = [
  `create table telefsm_conversation (
    key text primary key,
    record,
    state,
    owner text,
    fence integer not null,
    lease_until integer not null,
    deadline_at real,
    wake_at real,
    expires_at real
  );
  create index telefsm_conversation_wake on telefsm_conversation (wake_at) where wake_at is not null;
  create index telefsm_conversation_expiry on telefsm_conversation (expires_at) where expires_at is not null;`,
];

/**
 * Creates the tables, or brings them up to date.
 *
 * @throws FsmError `STORAGE_NEWER` if a later version of telefsm has made the tables
 */
export function prepareTables(storage: ObjectStorage): void {
  storage.transactionSync(() => {
    storage.sql.exec('create table if not exists telefsm_meta (name text primary key, value)');
    const known = migrations.length;
    const version = readMeta(storage, 'version') ?? 0;
    if (version > known)
      throw new FsmError('STORAGE_NEWER', { storage: 'telefsm_conversation', version, known });
    for (const step of migrations.slice(version)) storage.sql.exec(step);
    if (version < known) writeMeta(storage, 'version', known);
  });
}

/**
 * Checks that the number of shards is the one that the object was first asked with: with another number, a key leads to another object.
 *
 * @throws FsmError `INVALID_OPTION` if it has changed
 */
export function checkShards(storage: ObjectStorage, shards: number): void {
  const before = readMeta(storage, 'shards');
  if (before === undefined) writeMeta(storage, 'shards', shards);
  if ((before ?? shards) === shards) return;
  const expected = `${before}, with which these conversations were stored`;
  throw new FsmError('INVALID_OPTION', { option: 'shards', expected, found: `${shards}` });
}

function readMeta({ sql }: ObjectStorage, name: string): number | undefined {
  const [row] = sql.exec('select value from telefsm_meta where name = ?', name);
  return row && Number(row['value']);
}

function writeMeta({ sql }: ObjectStorage, name: string, value: number): void {
  sql.exec('insert or replace into telefsm_meta (name, value) values (?, ?)', name, value);
}

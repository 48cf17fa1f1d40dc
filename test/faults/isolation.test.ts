/** Bots whose sessions have another isolation level than the default. PostgreSQL then rejects statements that wait for each other, and they are sent again. */

import type { FsmStorage } from '@telefsm/core';
import { mysqlStorage } from '@telefsm/storage-mysql';
import { postgresStorage } from '@telefsm/storage-postgres';
import { createPool } from 'mysql2/promise';
import pg from 'pg';
import { afterEach, expect, it } from 'vitest';
import { sharedMariadb, sharedPostgres } from '../servers/shared.ts';
import { botOn, closeAll, toClose } from './outages.ts';

afterEach(closeAll);

type Open = () => FsmStorage;

async function inPostgres(isolation: string): Promise<Open> {
  const { url } = await sharedPostgres();
  const options = `-c default_transaction_isolation=${isolation.replace(' ', '\\ ')}`;
  return () => {
    const pool = new pg.Pool({ connectionString: url, max: 4, options });
    toClose.push(() => pool.end());
    return postgresStorage(pool);
  };
}

async function inMariadb(isolation: string): Promise<Open> {
  const { url } = await sharedMariadb();
  return () => {
    const pool = createPool({ uri: url, connectionLimit: 4 });
    pool.pool.on('connection', (connection) => {
      connection.query(`set session transaction isolation level ${isolation}`);
    });
    toClose.push(() => pool.end());
    return mysqlStorage(pool);
  };
}

it.each([
  ['PostgreSQL', 'repeatable read', inPostgres],
  ['PostgreSQL', 'serializable', inPostgres],
  ['MariaDB', 'read uncommitted', inMariadb],
  ['MariaDB', 'serializable', inMariadb],
])(
  'on %s, under %s, three bots lose no update of one conversation',
  async (_, isolation, connect) => {
    const open = await connect(isolation);
    const bots = [botOn(open()), botOn(open()), botOn(open())] as const;
    const ids = Array.from({ length: 60 }, (_, index) => index + 1);
    const entries = await Promise.all(
      ids.map((id) => (bots[id % 3] ?? bots[0]).handle({ id, chat: 1, text: 'add' })),
    );
    expect(entries.filter(({ what }) => what !== 'kept')).toEqual([]);
    const tally = await bots[0].tally(1);
    expect(tally?.count).toBe(60);
    expect(tally?.ids.toSorted((a, b) => a - b)).toEqual(ids);
  },
);

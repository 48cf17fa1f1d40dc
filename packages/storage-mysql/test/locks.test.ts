/** Other transactions on the same rows: lock waits and deadlocks, after which nothing is lost. */

import { randomUUID } from 'node:crypto';
import { createPool, type Pool, type PoolConnection } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type SharedServer, sharedMariadb } from '../../../test/servers/shared.ts';
import { type MysqlStorage, mysqlStorage } from '../src/index.ts';

let server: SharedServer;
let pool: Pool;
/** Another program, such as a report or a backup. */
let rival: PoolConnection;

beforeAll(async () => {
  server = await sharedMariadb();
  pool = createPool(server.url);
  pool.pool.on('connection', (connection) => {
    connection.query('set innodb_lock_wait_timeout = 2');
  });
  rival = await pool.getConnection();
});
afterAll(async () => {
  rival?.release();
  await pool?.end();
});

const errorOf = (work: unknown): Promise<unknown> =>
  Promise.resolve(work).then(
    () => undefined,
    (error: unknown) => error,
  );

async function write(storage: MysqlStorage, key: string, deadlineIn?: number): Promise<void> {
  const token = randomUUID();
  const answer = await storage.acquire(key, { token, lease: 15_000, queue: false });
  if ('busy' in answer) throw new Error('busy');
  const next = { text: 'kept', state: null, ...(deadlineIn !== undefined && { deadlineIn }) };
  expect(await storage.commit(key, { token, fence: answer.fence }, next)).toBe('done');
}

/** Resolves when a statement waits for a lock of the rival. */
async function untilBlocked(): Promise<void> {
  await vi.waitFor(
    async () => {
      const [rows] = await pool.query(
        "select 1 from information_schema.innodb_trx where trx_state = 'LOCK WAIT'",
      );
      expect(rows).not.toEqual([]);
    },
    // MariaDB shows a copy that it renews when nobody has read it for 100 ms
    { timeout: 20_000, interval: 150 },
  );
}

describe('a row that another transaction has locked', () => {
  it('is an error that passes, and nothing of the statement is kept', async () => {
    const storage = mysqlStorage(pool, { table: 'locked' });
    await write(storage, 'k');
    await rival.beginTransaction();
    await rival.query('select * from locked_conversation for update');
    const token = randomUUID();
    const take = () => storage.acquire('k', { token, lease: 15_000, queue: false });
    const error = await errorOf(take());
    expect(error).toMatchObject({ code: 'ER_LOCK_WAIT_TIMEOUT' });
    expect(storage.classify(error)).toBe('retry');
    await rival.rollback();
    expect(await take()).toMatchObject({ stored: { text: 'kept' } });
  });
});

describe('a sweep', () => {
  it("doesn't wait for the rows of another bot", async () => {
    const storage = mysqlStorage(pool, { table: 'shared' });
    await write(storage, 'other:1', 0);
    await write(storage, 'mine:1', 0);
    await rival.beginTransaction();
    await rival.query("select * from shared_conversation where `key` = 'other:1' for update");
    expect(await storage.due(10, 30_000, 'mine:')).toEqual(['mine:1']);
    await rival.rollback();
    expect(await storage.due(10, 30_000, '')).toEqual(['other:1']);
  });
});

describe('a deadlock', () => {
  it('with a sweep is an error that passes, and the deadlines are found again', async () => {
    const storage = mysqlStorage(pool, { table: 'dead' });
    await write(storage, 'first', 0);
    await write(storage, 'second', 0);
    // the server ends the transaction that has changed fewer rows
    for (let n = 0; n < 20; n++) await write(storage, `heavy ${n}`);
    await rival.beginTransaction();
    await rival.query("update dead_conversation set state = 'x' where `key` like 'heavy%'");
    await rival.query("update dead_conversation set state = 'x' where `key` = 'second'");
    const sweep = errorOf(storage.due(10, 30_000, ''));
    await untilBlocked();
    await rival.query("update dead_conversation set state = 'x' where `key` = 'first'");
    const error = await sweep;
    expect(error).toMatchObject({ code: 'ER_LOCK_DEADLOCK' });
    expect(storage.classify(error)).toBe('retry');
    await rival.rollback();
    expect([...(await storage.due(10, 30_000, ''))].sort()).toEqual(['first', 'second']);
  });
});

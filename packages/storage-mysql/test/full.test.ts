/** A tablespace that can grow no more: updates are rejected with a clear error, and nothing that was kept is lost. */

import { randomUUID } from 'node:crypto';
import { createPool, type Pool } from 'mysql2/promise';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { type MariadbServer, startMariadb } from '../../../test/servers/mariadb.ts';
import { type MysqlStorage, mysqlStorage } from '../src/index.ts';

let server: MariadbServer;
let pool: Pool;
beforeAll(async () => {
  server = await startMariadb({
    // all tables in one file, which ends at 16 MB
    'innodb-file-per-table': '0',
    'innodb-data-file-path': 'ibdata1:12M:autoextend:max:16M',
    'innodb-autoextend-increment': '1',
  });
  pool = createPool(server.url);
});
afterAll(async () => {
  await pool?.end();
  await server?.close();
});

async function write(storage: MysqlStorage, key: string, text: string): Promise<string> {
  const token = randomUUID();
  const answer = await storage.acquire(key, { token, lease: 15_000, queue: false });
  if ('busy' in answer) throw new Error('busy');
  return storage.commit(key, { token, fence: answer.fence }, { text, state: null });
}

it('a full tablespace is reported with a remedy, keeps what it has, and is used again when it has space', async () => {
  const storage = mysqlStorage(pool);
  await storage.peek('make the tables');
  await pool.query('create table other (filling longblob)');
  for (let n = 0; n < 10; n++)
    await pool.query('insert into other values (?)', [Buffer.alloc(100_000)]);
  const kept: string[] = [];
  let error: unknown;
  for (let n = 0; n < 1000 && error === undefined; n++) {
    const key = `user ${n}`;
    await write(storage, key, `${n} ${'x'.repeat(100_000)}`).then(
      () => kept.push(key),
      (thrown: unknown) => {
        error = thrown;
      },
    );
  }
  expect(error).toMatchObject({ code: 'STORAGE_UNUSABLE' });
  expect(String(error)).toMatch(/its disk or tablespace is full.*Make space/);
  expect(storage.classify(error)).toBe('fatal');
  expect(kept.length).toBeGreaterThan(5);
  for (const [n, key] of kept.entries())
    expect((await storage.peek(key))?.text.startsWith(`${n} `)).toBe(true);

  await pool.query('drop table other');
  // the server frees the pages of a table that was dropped in the background
  await vi.waitFor(async () => expect(await write(storage, 'after', 'kept')).toBe('done'), {
    timeout: 30_000,
  });
  expect((await storage.peek('after'))?.text).toBe('kept');
});

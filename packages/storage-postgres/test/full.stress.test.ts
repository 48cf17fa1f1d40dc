/** A disk that is full: updates are rejected with a clear error, and nothing that was kept is lost. It mounts a small disk, so it runs as root. */

import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  ownFolder,
  type PostgresServer,
  startPostgres,
  unprivileged,
} from '../../../test/servers/postgres.ts';
import { type PostgresStorage, postgresStorage } from '../src/index.ts';

const run = promisify(execFile);
let server: PostgresServer;
let pool: pg.Pool;
let disk: string;

beforeAll(async () => {
  server = await startPostgres();
  pool = new pg.Pool({ connectionString: server.url });
  const user = await unprivileged();
  disk = await ownFolder('telefsm-disk-', user);
  const options = `size=2m,uid=${user.uid},gid=${user.gid},mode=700`;
  await run('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', disk]);
});
afterAll(async () => {
  await pool?.end();
  await server?.close();
  await run('umount', [disk]);
  await rm(disk, { recursive: true, force: true });
});

async function write(storage: PostgresStorage, key: string, text: string): Promise<string> {
  const token = randomUUID();
  const answer = await storage.acquire(key, { token, lease: 15_000, queue: false });
  if ('busy' in answer) throw new Error('busy');
  return storage.commit(key, { token, fence: answer.fence }, { text, state: null });
}

it('a full disk is reported with a remedy, keeps what it has, and is used again when it has space', async () => {
  const storage = postgresStorage(pool);
  await storage.peek('make the tables');
  await pool.query(`create tablespace small location '${disk}'`);
  await pool.query('alter table telefsm_conversation set tablespace small');
  const kept: string[] = [];
  let error: unknown;
  for (let n = 0; n < 1000 && error === undefined; n++) {
    const key = `user ${n}`;
    // a text that cannot be compressed
    const text = `${n} ${Array.from({ length: 2000 }, () => randomUUID()).join('')}`;
    await write(storage, key, text).then(
      () => kept.push(key),
      (thrown: unknown) => {
        error = thrown;
      },
    );
  }
  expect(error).toMatchObject({ code: 'STORAGE_UNUSABLE' });
  expect(String(error)).toMatch(/its disk is full.*Make space/);
  expect(storage.classify(error)).toBe('fatal');
  expect(kept.length).toBeGreaterThan(5);
  for (const [n, key] of kept.entries())
    expect((await storage.peek(key))?.text.startsWith(`${n} `)).toBe(true);

  await run('mount', ['-o', 'remount,size=16m', disk]);
  expect(await write(storage, 'after', 'kept')).toBe('done');
  expect((await storage.peek('after'))?.text).toBe('kept');
});

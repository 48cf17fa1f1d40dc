/** The storage of a run, by the name in UPSTREAM_STORAGE. */
import { type FsmStorage, memoryStorage } from '@telefsm/core';
import { afterAll } from 'vitest';
import { open } from '../processes/engines.ts';
import { startPostgres } from '../servers/postgres.ts';
import { startRedis } from '../servers/redis.ts';

async function opened(): Promise<FsmStorage | undefined> {
  const engine = process.env['UPSTREAM_STORAGE'];
  if (engine === 'own') return undefined;
  if (engine === 'memory') return memoryStorage();
  if (engine === 'sqlite') return closed(open({ engine, path: ':memory:' }), async () => {});
  if (engine === 'redis') {
    const server = await startRedis();
    return closed(open({ engine, port: server.port, space: 'up' }), () => server.stop());
  }
  if (engine === 'postgres') {
    const server = await startPostgres();
    return closed(open({ engine, url: server.url, space: 'up' }), () => server.close());
  }
  throw new Error(`Unknown storage "${engine}". Use own, memory, sqlite, redis or postgres.`);
}

function closed({ storage, close }: ReturnType<typeof open>, end: () => Promise<void>) {
  afterAll(async () => {
    await close();
    await end();
  });
  return storage;
}

export const storage: FsmStorage | undefined = await opened();

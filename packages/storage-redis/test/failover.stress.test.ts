/** Masters that change and slots that move while updates are under way. */

import { Cluster } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { acquire } from '../../../test/servers/lease.ts';
import { clusterClients, sentinelClients } from '../../../test/servers/redis-clients.ts';
import type { RedisClusterServers } from '../../../test/servers/redis-cluster.ts';
import { startRedisCluster } from '../../../test/servers/redis-cluster.ts';
import { startRedisSentinel } from '../../../test/servers/redis-sentinel.ts';
import { until } from '../../../test/servers/until.ts';
import { classifyFault } from '../src/faults.ts';
import type { RedisStorage } from '../src/index.ts';
import { redisStorage } from '../src/index.ts';
import { layoutOf } from '../src/layout.ts';
import { listenTo, taken } from './acquiring.ts';

/** Counts on one conversation until told to stop. */
function countOn(storage: RedisStorage, key: string) {
  let going = true;
  let tokens = 0;
  const errors: unknown[] = [];
  /** The value of each commit that was answered. */
  const done: number[] = [];
  const counting = (async () => {
    while (going) {
      try {
        const lease = await taken(storage, key, `${key}.${++tokens}`, 500);
        const next = Number(lease.record?.text ?? '0') + 1;
        const answer = await lease.commit({ text: String(next), state: null, deadlineIn: 60_000 });
        if (answer === 'done') done.push(next);
      } catch (error) {
        errors.push(error);
        // the server answers again when there is a new master
        await until(() =>
          storage.peek(key).then(
            () => true,
            () => false,
          ),
        );
      }
    }
  })();
  return {
    errors,
    done,
    /** Resolves when so many more have been counted. */
    async more(count: number): Promise<void> {
      const enough = done.length + count;
      await until(async () => done.length >= enough);
    },
    async stop(): Promise<void> {
      going = false;
      await counting;
    },
  };
}

describe('a master of sentinels that dies', () => {
  it.each(sentinelClients)(
    'is replaced under a bot that uses $name, and the storage continues',
    { timeout: 180_000 },
    async (kind) => {
      const servers = await startRedisSentinel();
      const open = await kind.open(servers);
      const storage = redisStorage(open.client, { onWarning: () => {} });
      const notified: string[] = [];
      await storage.granted?.((token) => notified.push(token));
      const counter = countOn(storage, 'k');
      await counter.more(50);
      const old = await servers.master();
      await old.kill();
      await counter.more(50);
      // the sentinels agree one after the other: the first may still name the old master
      await until(async () => (await servers.master()).port !== old.port);
      await counter.stop();
      const faults = counter.errors
        .filter((error) => !String(error).includes('is busy'))
        .map(classifyFault);
      expect(faults).not.toContain('fatal');
      const record = await storage.peek('k');
      expect(Number(record?.text)).toBeGreaterThanOrEqual(counter.done.at(-1) ?? 0);
      storage.close();
      open.close();
      await servers.stop();
    },
  );
});

describe('a slot of a cluster', () => {
  let servers: RedisClusterServers;
  beforeAll(async () => {
    servers = await startRedisCluster();
  });
  afterAll(() => servers.stop());

  it('a cluster of ioredis that queues no commands is notified', async () => {
    const nodes = servers.nodes.map(({ port }) => ({ host: '127.0.0.1', port }));
    const client = new Cluster(nodes, { enableOfflineQueue: false });
    await new Promise((ready) => client.once('ready', ready));
    const storage = redisStorage(client, { prefix: 'no-queue' });
    const granted = await listenTo(storage);
    const lease = await taken(storage, 'k', 'a.1');
    await acquire(storage, 'k', { token: 'b.1', lease: 1000, queue: true });
    const notified = granted.of('b.1');
    await lease.commit({ text: 'x', state: null });
    await notified;
    granted.stop();
    client.disconnect();
  });

  it.each(clusterClients)(
    'that is moved during updates through $name costs no update and no error',
    { timeout: 180_000 },
    async (kind) => {
      const open = await kind.open(servers);
      const prefix = `${kind.name}-moved`;
      const storage = redisStorage(open.client, { prefix });
      const layout = layoutOf(prefix, 64);
      // All of one bucket, so that the slot has many keys and half of them have gone while the traffic runs.
      const index = layout.index('chat 0');
      const keys = Array.from({ length: 4000 }, (_, n) => `chat ${n}`).filter(
        (key) => layout.index(key) === index,
      );
      for (const key of keys) {
        await (await taken(storage, key, `set.${key}`)).commit({ text: '0', state: null });
      }
      const counters = keys.slice(0, 20).map((key) => countOn(storage, key));
      const slot = Number(await servers.nodes[0]?.command('CLUSTER', 'KEYSLOT', index));
      await servers.moveSlot(slot, () => counters[0]?.more(50) as Promise<void>);
      await Promise.all(counters.map((counter) => counter.more(10)));
      await Promise.all(counters.map((counter) => counter.stop()));
      for (const [at, counter] of counters.entries()) {
        expect(counter.errors).toEqual([]);
        const record = await storage.peek(keys[at] ?? '');
        expect(record?.text).toBe(String(counter.done.length));
      }
      open.close();
    },
  );
});

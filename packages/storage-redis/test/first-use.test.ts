/** Errors and warnings before anything is written. */

import { isFsmError } from '@telefsm/core';
import { Cluster, Redis } from 'ioredis';
import { createClient, createCluster, createSentinel } from 'redis';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { RedisServer } from '../../../test/servers/redis.ts';
import { startRedis } from '../../../test/servers/redis.ts';
import { respCommands, tcpProxy } from '../../../test/servers/tcp-proxy.ts';
import { until } from '../../../test/servers/until.ts';
import type { RedisClient, RedisWarning } from '../src/index.ts';
import { redisStorage } from '../src/index.ts';
import { taken } from './acquiring.ts';

let server: RedisServer;
let client: Redis;
beforeAll(async () => {
  server = await startRedis({ directives: ['maxmemory 100mb', 'maxmemory-policy allkeys-lru'] });
  client = new Redis(server.port);
});
afterAll(async () => {
  client.disconnect();
  await server.stop();
});

const failure = (work: () => unknown) =>
  Promise.resolve()
    .then(work)
    .then(
      () => expect.unreachable('it was accepted'),
      (error: unknown) => error,
    );

const answer = async (): Promise<unknown> => null;

describe('options', () => {
  it.each([
    [{ prefix: '' }, 'prefix'],
    [{ prefix: 'a:b' }, 'prefix'],
    [{ prefix: 'a'.repeat(65) }, 'prefix'],
    [{ buckets: 0 }, 'buckets'],
    [{ buckets: 1.5 }, 'buckets'],
    [{ replicas: -1 }, 'replicas'],
  ])('%j is rejected by name', async (options, option) => {
    const error = await failure(() => redisStorage(client, options));
    expect(isFsmError(error, 'INVALID_OPTION') && error.details.option).toBe(option);
  });

  it.each([[undefined], [null], ['redis://localhost'], [{}]])('%j is no client', async (value) => {
    const error = await failure(() => redisStorage(value as unknown as RedisClient));
    expect(isFsmError(error, 'INVALID_OPTION') && error.details.option).toBe('client');
  });

  it('a Cluster with enableAutoPipelining is rejected: old versions send its commands to wrong nodes', async () => {
    const cluster = new Cluster([], { lazyConnect: true, enableAutoPipelining: true });
    const error = await failure(() => redisStorage(cluster));
    expect(isFsmError(error, 'INVALID_OPTION') && error.details.found).toMatch(
      /enableAutoPipelining/,
    );
  });

  it.each([
    ['has only eval()', { eval: answer }],
    [
      'is that of Upstash',
      {
        opts: { automaticDeserialization: false },
        eval: answer,
        evalsha: answer,
        zscore: answer,
        scan: answer,
      },
    ],
  ])('replicas are rejected for a client that %s, and so cannot send WAIT', async (_, other) => {
    const error = await failure(() => redisStorage(other, { replicas: 1 }));
    expect(isFsmError(error, 'INVALID_OPTION') && error.details.option).toBe('replicas');
    expect(() => redisStorage(other)).not.toThrow();
  });

  it('a client that puts a prefix before each key is rejected, and the right option named', async () => {
    const redis = new Redis({ lazyConnect: true, keyPrefix: 'app:' });
    const cluster = new Cluster([], { lazyConnect: true, redisOptions: { keyPrefix: 'app:' } });
    const keyPrefix = 'app:';
    const nodeRedis = [
      createClient({ keyPrefix }),
      createCluster({ rootNodes: [], keyPrefix }),
      createSentinel({ name: 'main', sentinelRootNodes: [], keyPrefix }),
    ];
    for (const prefixed of [redis, cluster, ...nodeRedis]) {
      const error = await failure(() => redisStorage(prefixed));
      expect(isFsmError(error, 'INVALID_OPTION') && error.message).toMatch(/'app:'.*prefix: '…'/);
    }
  });
});

describe('the stored layout', () => {
  it('is recorded at the first use and accepted ever after', async () => {
    await taken(redisStorage(client, { prefix: 'first', buckets: 16 }), 'k', 't.1');
    expect(await client.hgetall('first:meta')).toEqual({ format: '1', buckets: '16' });
    expect(await redisStorage(client, { prefix: 'first', buckets: 16 }).peek('k')).toBe(undefined);
  });

  it('is recorded again within a minute where the server was emptied', async () => {
    const now = performance.now.bind(performance);
    let later = 0;
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => now() + later);
    const storage = redisStorage(client, { prefix: 'emptied', buckets: 16 });
    await taken(storage, 'k', 't.1');
    await client.del('emptied:meta');
    await storage.peek('k');
    later = 60_000;
    await storage.peek('k');
    // sent before it on the same connection
    expect(await client.hgetall('emptied:meta')).toEqual({ format: '1', buckets: '16' });

    await client.hset('emptied:meta', 'buckets', '8');
    later = 120_000;
    await storage.peek('k');
    await client.ping();
    const error = await failure(() => storage.peek('k'));
    expect(isFsmError(error, 'INVALID_OPTION') && error.details.option).toBe('buckets');
    clock.mockRestore();
  });

  it('with other buckets is rejected, with both numbers', async () => {
    await taken(redisStorage(client, { prefix: 'other', buckets: 16 }), 'k', 't.1');
    const storage = redisStorage(client, { prefix: 'other' });
    for (const use of [() => storage.peek('k'), () => storage.due(1, 1000)]) {
      const error = await failure(use);
      expect(isFsmError(error, 'INVALID_OPTION') && error.details).toMatchObject({
        option: 'buckets',
        found: '64',
      });
    }
  });

  it('of a newer version is left alone', async () => {
    await client.hset('newer:meta', { format: '2', buckets: '64', more: 'x' });
    const error = await failure(() => taken(redisStorage(client, { prefix: 'newer' }), 'k', 't.1'));
    expect(isFsmError(error, 'STORAGE_NEWER') && error.details).toEqual({
      storage: 'newer:meta',
      version: 2,
      known: 1,
    });
    expect(await client.keys('newer:*')).toEqual(['newer:meta']);
  });

  it('that is none is rejected', async () => {
    await client.hset('odd:meta', { format: 'zero', buckets: '64' });
    const error = await failure(() => taken(redisStorage(client, { prefix: 'odd' }), 'k', 't.1'));
    expect(isFsmError(error, 'RECORD_UNREADABLE')).toBe(true);
  });
});

describe('warnings', () => {
  it('a server that may evict is reported once, and used', async () => {
    const warnings: RedisWarning[] = [];
    const warned = new Promise<void>((resolve) => {
      const onWarning = (warning: RedisWarning) => {
        warnings.push(warning);
        resolve();
      };
      const storage = redisStorage(client, { prefix: 'evicting', onWarning });
      void Promise.all([storage.peek('k'), storage.peek('l')]);
    });
    await warned;
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatchObject({ code: 'EVICTION' });
    expect(warnings[0]?.message).toContain("'allkeys-lru'");
  });

  it('a commit that too few replicas have is kept, and reported', async () => {
    const warnings: RedisWarning[] = [];
    const onWarning = (warning: RedisWarning) => warnings.push(warning);
    const storage = redisStorage(client, { prefix: 'alone', replicas: 1, onWarning });
    const lease = await taken(storage, 'k', 't.1');
    expect(await lease.commit({ text: 'kept', state: null })).toBe('done');
    expect(warnings.map(({ code }) => code)).toContain('FEW_REPLICAS');
    expect(await storage.peek('k')).toEqual({ text: 'kept' });
  });

  it('a commit whose connection was lost before the replicas answered is reported', async () => {
    const replica = await startRedis({ directives: [`replicaof 127.0.0.1 ${server.port}`] });
    const proxy = await tcpProxy({ to: server.port, protocol: respCommands });
    const behind = new Redis(proxy.port);
    const codes: string[] = [];
    const storage = redisStorage(behind, {
      prefix: 'cut',
      replicas: 1,
      onWarning: ({ code }) => codes.push(code),
    });
    let number = 0;
    const warned = async () => {
      const lease = await taken(storage, 'k', `t.${++number}`);
      codes.length = 0;
      await lease.commit({ text: 'kept', state: null });
      return codes.includes('FEW_REPLICAS');
    };
    await until(async () => !(await warned()));
    // ioredis connects again and sends both commands again; that connection has nothing to wait for
    const happened = proxy.fail('cut-before', 1, (command) => command.includes('wait'));
    expect(await warned()).toBe(true);
    await happened;
    expect(await warned()).toBe(false);
    behind.disconnect();
    await proxy.close();
    await replica.stop();
  });

  it('a commit whose replicas the user may not ask for is reported with the right that is missing', async () => {
    await server.command('ACL', 'SETUSER', 'limited', 'on', '>pw', '~*', '&*', '+@all', '-wait');
    const limited = new Redis({ port: server.port, username: 'limited', password: 'pw' });
    const messages: string[] = [];
    const storage = redisStorage(limited, {
      prefix: 'limited',
      replicas: 1,
      onWarning: ({ message }) => messages.push(message),
    });
    await (await taken(storage, 'k', 't.1')).commit({ text: 'kept', state: null });
    expect(messages.at(-1)).toMatch(/It is unknown whether a commit reached 1 replicas.*\+wait/);
    expect(await storage.peek('k')).toEqual({ text: 'kept' });
    limited.disconnect();
  });

  it.each([
    () => {
      throw new Error('of the listener');
    },
    () => Promise.reject(new Error('of the listener')),
  ])('whose listener fails change nothing: the failure is printed', async (onWarning) => {
    const printed: string[] = [];
    const listen = (warning: Error) => printed.push(warning.message);
    process.on('warning', listen);
    const storage = redisStorage(client, { prefix: 'throwing', replicas: 1, onWarning });
    const lease = await taken(storage, 'k', `t.${onWarning}`);
    expect(await lease.commit({ text: 'kept', state: null })).toBe('done');
    await until(async () => printed.length >= 2);
    process.off('warning', listen);
    expect(printed).toContain('onWarning has failed: Error: of the listener');
  });

  it('without a listener are printed by Node, the first of each kind', async () => {
    const printed: Error[] = [];
    const listen = (warning: Error) => printed.push(warning);
    process.on('warning', listen);
    const storage = redisStorage(client, { prefix: 'printing', replicas: 2 });
    for (const key of ['a', 'b']) {
      await (await taken(storage, key, `t.${key}`)).commit({ text: 'x', state: null });
    }
    await new Promise((resolve) => setImmediate(resolve));
    process.off('warning', listen);
    const codes = printed.map((warning) => (warning as Error & { code?: string }).code);
    expect(codes.filter((code) => code === 'TELEFSM_FEW_REPLICAS')).toHaveLength(1);
  });
});

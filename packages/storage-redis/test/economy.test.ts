/** The cost of an update, counted where the client's bytes pass. */

import { Redis } from 'ioredis';
import { createClient, TimeoutError } from 'redis';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Lease } from '../../../test/servers/lease.ts';
import type { RedisServer } from '../../../test/servers/redis.ts';
import { startRedis } from '../../../test/servers/redis.ts';
import type { OpenClient } from '../../../test/servers/redis-clients.ts';
import { singleClients } from '../../../test/servers/redis-clients.ts';
import type { TcpProxy } from '../../../test/servers/tcp-proxy.ts';
import { respCommands, tcpProxy } from '../../../test/servers/tcp-proxy.ts';
import { until } from '../../../test/servers/until.ts';
import { inBatches } from '../src/batches.ts';
import { redisStorage } from '../src/index.ts';
import { taken } from './acquiring.ts';

let server: RedisServer;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());

describe('what ioredis is asked for in one turn of the event loop', () => {
  const opened = async () => {
    const client = new Redis({ port: server.port });
    const storage = redisStorage(client, { prefix: 'batches' });
    await (await taken(storage, 'first', 't.0')).commit({ text: '{}', state: null });
    // commands of one write
    const writes = vi.spyOn(client.stream, '_writev');
    return { client, storage, writes };
  };

  it('goes by few writes, and each is given its own answer', async () => {
    const { client, storage, writes } = await opened();
    const keys = Array.from({ length: 50 }, (_, at) => `chat ${at}`);
    const leases = await Promise.all(keys.map((key) => taken(storage, key, `t.${key}`)));
    expect(writes.mock.calls.map(([commands]) => commands.length)).toEqual([32, 18]);
    const commits = leases.map((lease, at) => lease.commit({ text: `{"n":${at}}`, state: null }));
    expect(await Promise.all(commits)).toEqual(keys.map(() => 'done'));
    const texts = await Promise.all(keys.map(async (key) => (await storage.peek(key))?.text));
    expect(texts).toEqual(keys.map((_, at) => `{"n":${at}}`));
    client.disconnect();
  });

  it('fails alone', async () => {
    const { client, storage } = await opened();
    const lease = await taken(storage, 'broken', 't.1');
    await lease.commit({ text: '{}', state: null });
    const [broken = ''] = await client.keys('*:broken');
    await client.set(broken, 'no hash');
    const [failed, good] = await Promise.allSettled([
      taken(storage, 'broken', 't.2'),
      taken(storage, 'whole', 't.3'),
    ]);
    expect(failed).toMatchObject({ status: 'rejected', reason: { message: /^WRONGTYPE/ } });
    expect(good.status).toBe('fulfilled');
    client.disconnect();
  });

  it.each([
    ['has none', undefined],
    ['has an empty one', null],
    ['cannot hold writes back', {}],
  ])('goes to a client whose stream %s', async (_, stream) => {
    const send = inBatches({ call: async (name) => `answer to ${name}`, stream });
    expect(await Promise.all([send('info', []), send('wait', [])])).toEqual([
      'answer to info',
      'answer to wait',
    ]);
  });

  it('is rejected whole by a client that is closed', async () => {
    const { client, storage } = await opened();
    client.disconnect();
    const tries = ['a', 'b'].map((key) => taken(storage, key, `t.${key}`));
    const outcomes = await Promise.allSettled(tries);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  });
});

describe('a command by redis', () => {
  const opened = async (timeout?: number) => {
    const proxy = await tcpProxy({ to: server.port });
    const client = createClient({
      socket: { port: proxy.port },
      ...(timeout !== undefined && { commandOptions: { timeout } }),
    });
    client.on('error', () => {});
    await client.connect();
    return { client, proxy, storage: redisStorage(client, { prefix: 'limits' }) };
  };

  it('sets no timer while the client is connected', async () => {
    const { client, proxy, storage } = await opened();
    const timers = vi.spyOn(AbortSignal, 'timeout');
    onTestFinished(() => timers.mockRestore());
    await (await taken(storage, 'k', 't.1')).commit({ text: '{}', state: null });
    expect(timers).not.toHaveBeenCalled();
    client.destroy();
    await proxy.close();
  });

  it('is given up in the time that the client allows while it is not connected', async () => {
    const { client, proxy, storage } = await opened(20);
    await storage.peek('k');
    await proxy.close();
    await until(() => !client.isReady);
    await expect(taken(storage, 'k', 't.1')).rejects.toThrow(TimeoutError);
    client.destroy();
  });
});

describe('an update of a stored conversation', () => {
  it('reads and writes its hash twice in the server, and nothing else', async () => {
    const client = new Redis({ port: server.port });
    const storage = redisStorage(client, { prefix: 'calls' });
    const update = async (token: string) =>
      (await taken(storage, 'k', token)).commit({ text: '{}', state: 's' });
    await update('t.1');
    await client.config('RESETSTAT');
    await update('t.2');
    const stats = await client.info('commandstats');
    const calls = [...stats.matchAll(/^cmdstat_(\w+):calls=(\d+)/gm)].map(
      ([, name, count]) => `${name} ${count}`,
    );
    const ofScripts = calls.filter((call) => !/^(config|evalsha|info)/.test(call));
    expect(ofScripts.sort()).toEqual(['hmget 2', 'hset 2', 'time 1']);
    client.disconnect();
  });
});

describe.each(singleClients)('through $name', (kind) => {
  let proxy: TcpProxy;
  let open: OpenClient;
  beforeAll(async () => {
    proxy = await tcpProxy({ to: server.port, protocol: respCommands });
    open = await kind.open({ host: server.host, port: proxy.port, password: undefined });
  });
  afterAll(async () => {
    open.close();
    await proxy.close();
  });

  const countedFrom = async (work: () => Promise<void>) => {
    const before = proxy.commands;
    await work();
    return proxy.commands - before;
  };
  const storageOf = (prefix: string) => redisStorage(open.client, { prefix: kind.name + prefix });

  it('an update without contention costs two commands', async () => {
    const storage = storageOf('two');
    // The first use looks at the layout, and both scripts are loaded.
    await (await taken(storage, 'first', 't.0')).commit({ text: '{}', state: null });
    await storage.peek('first');
    let done = 0;
    const commands = await countedFrom(async () => {
      for (let start = 0; start < 500; start += 100) {
        const batch = Array.from({ length: 100 }, (_, index) => start + index);
        await Promise.all(
          batch.map(async (n) => {
            const lease = await taken(storage, `chat ${n % 250}`, `t.${n}`);
            const answer = await lease.commit({ text: `{"n":${n}}`, state: 'counting' });
            if (answer === 'done') done++;
          }),
        );
      }
    });
    expect([done, commands]).toEqual([500, 1000]);
  });

  it('a new deadline costs one command more, renewing it to a later one none', async () => {
    const storage = storageOf('deadline');
    let number = 0;
    const update = async (deadlineIn?: number) => {
      const lease = await taken(storage, 'k', `t.${++number}`);
      await lease.commit({ text: '{}', state: null, ...(deadlineIn && { deadlineIn }) });
    };
    await update();
    expect(await countedFrom(() => update(60_000))).toBe(3);
    expect(await countedFrom(() => update(60_000))).toBe(2);
    expect(await countedFrom(() => update(120_000))).toBe(2);
    expect(await countedFrom(() => update(30_000))).toBe(3);
    expect(await countedFrom(() => update())).toBe(2);
    expect(await countedFrom(() => update(60_000))).toBe(3);
  });

  it('each commit that continues, each renewal and each release is one command', async () => {
    const storage = storageOf('steps');
    const lease: Lease = await taken(storage, 'k', 't.1');
    const steps = [
      () => lease.commit({ text: '1', state: null }, 60_000),
      () => lease.renew(1000),
      () => lease.release(),
    ];
    for (const step of steps) {
      expect(await countedFrom(async () => void (await step()))).toBe(1);
    }
  });

  it('looking for deadlines costs one command for each bucket while nothing is due', async () => {
    const storage = storageOf('idle');
    await storage.due(100, 1000);
    expect(await countedFrom(async () => void (await storage.due(100, 1000)))).toBe(64);
    expect(await countedFrom(async () => void (await storage.due(5, 1000)))).toBe(64);
  });
});

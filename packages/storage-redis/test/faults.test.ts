/** Servers and connections that fail: what is said of it, and that nothing is lost or written twice. */

import { Redis } from 'ioredis';
import { createClient, createCluster, createSentinel } from 'redis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { acquire } from '../../../test/servers/lease.ts';
import type { RedisServer } from '../../../test/servers/redis.ts';
import { startRedis } from '../../../test/servers/redis.ts';
import { singleClients } from '../../../test/servers/redis-clients.ts';
import { respCommands, tcpProxy } from '../../../test/servers/tcp-proxy.ts';
import { until } from '../../../test/servers/until.ts';
import { classifyFault, explained } from '../src/faults.ts';
import { redisStorage } from '../src/index.ts';
import { taken } from './acquiring.ts';

const failure = (work: Promise<unknown>) =>
  work.then(
    () => expect.unreachable('it was accepted'),
    (error: unknown) => error,
  );

describe('an error says', () => {
  it.each([
    "READONLY You can't write against a read only replica. script: 5c1e, on @user_script:1.",
    "ERR Error running script (call to f_5c1e): @user_script:3: -READONLY You can't write against a read only replica.",
    'LOADING Redis is loading the dataset in memory',
    'MOVED 3999 127.0.0.1:6381',
    'ASK 3999 127.0.0.1:6381',
    'TRYAGAIN Multiple keys request during rehashing of slot',
    'Too many Cluster redirections. Last error: ReplyError: TRYAGAIN Multiple keys request during rehashing of slot',
    'Too many Cluster redirections',
    'CLUSTERDOWN The cluster is down',
    "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.",
    'BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.',
    'NOREPLICAS Not enough good replicas to write.',
    'NOSCRIPT No matching script. Please use EVAL.',
    'ERR max number of clients reached',
    "Stream isn't writeable and enableOfflineQueue options is false",
    'The client is offline',
    'The queue is full',
  ])('try again: %s', (message) => {
    expect(classifyFault(new Error(message))).toBe('retry');
  });

  it.each([
    "OOM command not allowed when used memory > 'maxmemory'. script: 5c1e, on @user_script:5.",
    'MISCONF Redis is configured to save RDB snapshots, but it is currently not able to persist on disk.',
    'NOAUTH Authentication required.',
    'WRONGPASS invalid username-password pair or user is disabled.',
    "NOPERM this user has no permissions to run the 'evalsha' command",
    'WRONGTYPE Operation against a key holding the wrong kind of value',
    "ERR unknown command 'EVALSHA', with args beginning with: ",
  ])('give up: %s', (message) => {
    expect(classifyFault(new Error(message))).toBe('fatal');
  });

  it('what Redis 6.2 is short of, which names no code within a script', () => {
    const message =
      "ERR Error running script (call to f_0): @user_script:1: @user_script: 1: -OOM command not allowed when used memory > 'maxmemory'.";
    const bare =
      "ERR Error running script (call to f_0): @user_script:1: command not allowed when used memory > 'maxmemory'.";
    for (const words of [message, bare]) {
      expect(classifyFault(new Error(words))).toBe('fatal');
      expect(explained(new Error(words), 'k')).toMatchObject({
        code: 'STORAGE_UNUSABLE',
        message: expect.stringContaining('Raise maxmemory'),
      });
    }
  });

  it.each([
    'Connection is closed.',
    'Socket closed unexpectedly',
    'The client is closed',
    'Disconnects client',
    'Command timed out',
    "Socket timeout timeout. Expecting data, but didn't receive any in 5000ms.",
    'Reached the max retries per request limit (which is 20). Refer to "maxRetriesPerRequest" option for details.',
    'read ECONNRESET',
    'connect ECONNREFUSED 127.0.0.1:6379',
    'Command aborted due to connection close',
    'somebody was BUSY elsewhere',
  ])('it is unknown whether it ran: %s', (message) => {
    expect(classifyFault(new Error(message))).toBe('unknown');
  });
});

describe('an error of a server is classified, when it', () => {
  const reported = async (server: RedisServer, work: (client: Redis) => Promise<unknown>) => {
    const client = new Redis({ port: server.port, retryStrategy: null });
    client.on('error', () => {});
    const error = await failure(work(client));
    client.disconnect();
    await server.stop();
    return classifyFault(error);
  };
  const writes = async (client: Redis) => {
    const storage = redisStorage(client);
    const lease = await taken(storage, 'k', 't.1');
    return lease.commit({ text: '{}', state: null });
  };

  it('is a replica', async () => {
    const server = await startRedis({ directives: ['replicaof 127.0.0.1 1'] });
    expect(await reported(server, writes)).toBe('retry');
  });

  it('asks for a password', async () => {
    const server = await startRedis({ password: 'secret' });
    expect(await reported(server, writes)).toBe('fatal');
  });

  it('has no memory left', async () => {
    const server = await startRedis({ directives: ['maxmemory 1'] });
    expect(await reported(server, writes)).toBe('fatal');
  });

  it('accepts no value of this size', async () => {
    const server = await startRedis({ directives: ['proto-max-bulk-len 1mb'] });
    const work = async (client: Redis) => {
      const { commit } = await taken(redisStorage(client), 'k', 't.1');
      return commit({ text: 'x'.repeat(2 ** 20 + 1), state: null });
    };
    expect(await reported(server, work)).toBe('fatal');
  });

  it('does not allow scripts', async () => {
    const server = await startRedis({
      directives: ['user default on nopass ~* +@all -@scripting'],
    });
    expect(await reported(server, writes)).toBe('fatal');
  });

  it('holds something else under the key', async () => {
    const server = await startRedis();
    const work = async (client: Redis) => {
      const storage = redisStorage(client);
      await taken(storage, 'k', 't.1');
      const [name = ''] = await client.keys('telefsm:*:c:k');
      await client.set(name, 'not ours');
      return taken(storage, 'k', 't.2');
    };
    expect(await reported(server, work)).toBe('fatal');
  });
});

it('the rights that the error names are enough', async () => {
  const server = await startRedis();
  await server.command('ACL', 'SETUSER', 'bot', 'on', 'nopass');
  const client = new Redis(server.port, { username: 'bot', enableReadyCheck: false });
  client.on('error', () => {});
  const use = async (token: string) => {
    const storage = redisStorage(client, { prefix: 'bot', onWarning: () => {} });
    const lease = await taken(storage, 'k', token);
    await lease.commit({ text: '{}', state: null, deadlineIn: 0 });
    const stop = await storage.granted?.(() => {});
    const due = await storage.due(1, 1000);
    await storage.settled('k');
    const listed = [];
    for await (const { key } of storage.list({})) listed.push(key);
    stop?.();
    return { due, listed };
  };
  const { message } = await failure(use('t.1')).then((error) => error as Error);
  const rights = message.match(/[~&+][@\w:*]+/g) ?? [];
  const granted = rights.map((right) => right.replace('PREFIX', 'bot'));
  await server.command('ACL', 'SETUSER', 'bot', ...granted);
  expect(await use('t.2')).toEqual({ due: ['k'], listed: ['k'] });
  client.disconnect();
  await server.stop();
});

describe.each(singleClients)('through $name', (kind) => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(() => server.stop());

  it('scripts that the server has evicted are sent again', async () => {
    const open = await kind.open(server);
    const storage = redisStorage(open.client, { prefix: `${kind.name}-flush` });
    for (let n = 0; n < 20; n++) {
      const lease = await taken(storage, 'k', `t.${n}`);
      expect(lease.record?.text ?? '0').toBe(String(n));
      if (n % 3 === 0) await server.command('SCRIPT', 'FLUSH');
      expect(await lease.commit({ text: String(n + 1), state: null, deadlineIn: 1 })).toBe('done');
      if (n % 2 === 0) await server.command('SCRIPT', 'FLUSH');
    }
    expect(await storage.peek('k')).toMatchObject({ text: '20' });
    open.close();
  });

  it('a commit whose answer is lost is kept once, however often it is asked for again', async () => {
    const proxy = await tcpProxy({ to: server.port, protocol: respCommands });
    const open = await kind.open({ ...server, port: proxy.port });
    const direct = await kind.open(server);
    const prefix = `${kind.name}-lost`;
    const storage = redisStorage(open.client, { prefix });
    const beside = redisStorage(direct.client, { prefix });
    // Known scripts are one command.
    await (await taken(storage, 'first', 't.0')).commit({ text: '', state: null });
    const settles = (command: Buffer) => command.includes('evalsha');
    for (let n = 0; n < 10; n++) {
      const lease = await taken(storage, 'k', `t.${n}`);
      const happened = proxy.fail('cut-after', 1, settles);
      const unit = { text: `unit ${n}`, state: null };
      let answer = await askAgain(() => lease.commit(unit, 60_000));
      await happened;
      // ioredis asks again by itself.
      expect(['done', 'already']).toContain(answer);
      expect((await beside.peek('k'))?.text).toBe(unit.text);
      expect(await lease.renew(60_000)).toBe(true);

      const cut = proxy.fail('cut-after', 1, settles);
      const last = { text: `last ${n}`, state: null };
      answer = await askAgain(() => lease.commit(last));
      await cut;
      // It was spent by the first copy, so that no later one can overwrite the next holder's.
      expect(answer).toBe('rejected');
      expect((await beside.peek('k'))?.text).toBe(last.text);
    }
    open.close();
    direct.close();
    await proxy.close();
  });

  it('a commit that never reached the server succeeds when it is asked for again', async () => {
    const proxy = await tcpProxy({ to: server.port, protocol: respCommands });
    const open = await kind.open({ ...server, port: proxy.port });
    const storage = redisStorage(open.client, { prefix: `${kind.name}-unsent` });
    await (await taken(storage, 'first', 't.0')).commit({ text: '', state: null });
    for (let n = 0; n < 10; n++) {
      const lease = await taken(storage, 'k', `t.${n}`);
      expect(lease.record?.text ?? '0').toBe(String(n));
      const happened = proxy.fail('cut-before', 1, (command) => command.includes('evalsha'));
      const write = { text: String(n + 1), state: null, deadlineIn: 60_000 };
      expect(await askAgain(() => lease.commit(write))).toBe('done');
      await happened;
    }
    open.close();
    await proxy.close();
  });

  it('a server that was killed is used again when it is back', async () => {
    const own = await startRedis();
    const open = await kind.open(own);
    const storage = redisStorage(open.client);
    const notified: string[] = [];
    let hear = () => {};
    const told = new Promise<void>((resolve) => {
      hear = resolve;
    });
    const stop = await storage.granted?.((token) => {
      notified.push(token);
      hear();
    });
    const before = await taken(storage, 'k', 't.1');
    await own.kill();
    const meanwhile = askAgain(() => taken(storage, 'k', 't.2'));
    await own.start();
    // The server has forgotten everything: locks, records, scripts.
    expect(await before.commit({ text: 'late', state: null })).toBe('rejected');
    const lease = await meanwhile;
    await until(async () => String(await own.command('PUBSUB', 'CHANNELS', '*:p:*')) !== '');
    await acquire(storage, 'k', { token: 't.3', lease: 1000, queue: true });
    expect(await lease.commit({ text: 'back', state: null })).toBe('done');
    await told;
    expect(notified).toEqual(['t.3']);
    stop?.();
    open.close();
    await own.stop();
  });
});

it('a client that its owner has closed rejects at once', async () => {
  const server = await startRedis();
  const ioredis = new Redis(server.port);
  const node = await createClient({ url: server.url }).connect();
  const storages = [redisStorage(ioredis), redisStorage(node)];
  for (const storage of storages) await storage.peek('k');
  ioredis.disconnect();
  node.destroy();
  for (const storage of storages) {
    const error = await failure(storage.peek('k'));
    expect(classifyFault(error)).toBe('unknown');
  }
  await server.stop();
});

it('a client of `redis` that was closed says so, and works again once it is open', async () => {
  const server = await startRedis();
  const client = createClient({ socket: { port: server.port } });
  client.on('error', () => {});
  await client.connect();
  const storage = redisStorage(client, { prefix: 'closed-later' });
  await (await taken(storage, 'k', 't.1')).release();
  // as after `socketTimeout`, or a `reconnectStrategy` that gives up
  client.destroy();
  const error = await failure(taken(storage, 'k', 't.2'));
  expect(error).toMatchObject({
    code: 'STORAGE_UNUSABLE',
    message: expect.stringContaining('socketTimeout'),
  });
  // the turn asks again: its owner may open the client
  expect(classifyFault(error)).toBe('unknown');
  await client.connect();
  await (await taken(storage, 'k', 't.2')).release();
  client.destroy();
  await server.stop();
});

it('a client of `ioredis` that was closed says so', async () => {
  const server = await startRedis();
  const client = new Redis(server.port);
  const storage = redisStorage(client);
  await (await taken(storage, 'k', 't.1')).release();
  await client.quit();
  const error = await failure(taken(storage, 'k', 't.2'));
  expect(error).toMatchObject({
    code: 'STORAGE_UNUSABLE',
    message: expect.stringMatching(/the client is closed.*retryStrategy/),
  });
  expect(classifyFault(error)).toBe('unknown');
  await server.stop();
});

it.each([
  ['createCluster', () => createCluster({ rootNodes: [{ url: 'redis://127.0.0.1:1' }] })],
  [
    'createSentinel',
    () => createSentinel({ name: 'main', sentinelRootNodes: [{ host: '127.0.0.1', port: 1 }] }),
  ],
])('a client of %s that was never connected rejects at once, and says so', async (_, make) => {
  const error = await failure(redisStorage(make()).peek('k'));
  expect(error).toMatchObject({
    code: 'STORAGE_UNUSABLE',
    message: expect.stringMatching(/not connected.*await client\.connect\(\)/s),
  });
  expect(classifyFault(error)).toBe('fatal');
});

it('a client of `redis` that was never connected rejects at once, and says so', async () => {
  const server = await startRedis();
  const client = createClient({ url: server.url });
  const storage = redisStorage(client);
  const error = await failure(storage.acquire('k', { token: 't.1', lease: 1000, queue: false }));
  expect(error).toMatchObject({
    code: 'STORAGE_UNUSABLE',
    message: expect.stringMatching(/not connected.*await client\.connect\(\)/s),
  });
  expect(classifyFault(error)).toBe('fatal');
  await client.connect();
  expect(await storage.peek('k')).toBeUndefined();
  client.destroy();
  await server.stop();
});

/** As core does it: what was not refused is asked again. */
async function askAgain<Answer>(ask: () => Answer): Promise<Awaited<Answer>> {
  const answers: Awaited<Answer>[] = [];
  await until(async () => {
    try {
      answers.push(await ask());
    } catch (error) {
      if (classifyFault(error) === 'fatal') throw error;
    }
    return answers.length > 0;
  });
  return answers[0] as Awaited<Answer>;
}

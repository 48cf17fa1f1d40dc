/** Deadlines of many conversations, met by several processes. */

import { state, states } from '@telefsm/core';
import { createMachine } from '@telefsm/core/adapter';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { acquire, type Lease } from '../../../test/servers/lease.ts';
import type { RedisServer } from '../../../test/servers/redis.ts';
import { startRedis } from '../../../test/servers/redis.ts';
import { respCommands, tcpProxy } from '../../../test/servers/tcp-proxy.ts';
import { until } from '../../../test/servers/until.ts';
import type { RedisStorage } from '../src/index.ts';
import { redisStorage } from '../src/index.ts';
import { layoutOf } from '../src/layout.ts';
import { taken } from './acquiring.ts';

let server: RedisServer;
let client: Redis;
beforeAll(async () => {
  server = await startRedis();
  client = new Redis(server.port);
});
afterAll(async () => {
  client.disconnect();
  await server.stop();
});

const minute = 60_000;

/** Scores of a whole index, by key. */
async function indexed(prefix: string): Promise<ReadonlyMap<string, number>> {
  const found = new Map<string, number>();
  for (const index of layoutOf(prefix, 64).indexes) {
    for (const member of await client.zrange(index, '0', '-1')) {
      const key = String(member);
      found.set(key, Number(await client.zscore(index, key)));
    }
  }
  return found;
}

async function run<Result>(work: Iterable<() => Promise<Result>>, lanes: number): Promise<void> {
  const rest = work[Symbol.iterator]();
  const lane = async () => {
    for (let next = rest.next(); !next.done; next = rest.next()) await next.value();
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}

describe('twenty thousand due conversations', () => {
  it('are each met once by three processes of which one dies', { timeout: 240_000 }, async () => {
    const count = 20_000;
    const prefix = 'many';
    const proxy = await tcpProxy({ to: server.port, protocol: respCommands });
    const clients = [1, 2, 3].map(() => new Redis(proxy.port));
    const storages = clients.map((own) => redisStorage(own, { prefix }));
    const [first] = storages as [RedisStorage];
    const keys = Array.from({ length: count }, (_, n) => `chat ${n}`);
    await run(
      keys.map((key) => async () => {
        const lease = await taken(first, key, `set.${key}`);
        await lease.commit({ text: '0', state: null, deadlineIn: 1 });
      }),
      200,
    );
    const before = proxy.commands;

    let met = 0;
    const meet = async (storage: RedisStorage, key: string, token: string) => {
      const answer = await acquire(storage, key, { token, lease: minute, queue: false });
      if ('busy' in answer) return;
      const lease: Lease = answer;
      // Whether it fires is decided here, under the lease.
      if (lease.record?.deadlineIn === undefined || lease.record.deadlineIn > 0) {
        await lease.release();
      } else {
        const text = String(Number(lease.record.text) + 1);
        if ((await lease.commit({ text, state: null })) === 'done') met++;
      }
      await storage.settled(key);
    };
    const claim = 300;
    const sweep = async (process: number) => {
      const storage = storages[process] as RedisStorage;
      let tick = 0;
      while (met < count) {
        const due = await storage.due(640, claim);
        // The third takes what it can get and is never heard of again.
        if (process === 2 && ++tick === 5) return;
        await run(
          due.map((key, at) => () => meet(storage, key, `${process}.${tick}-${at}-${key}`)),
          32,
        );
        tick++;
      }
    };
    await Promise.all([sweep(0), sweep(1), sweep(2)]);

    const commands = (proxy.commands - before) / count;
    const times = new Map<string | undefined, number>();
    await run(
      keys.map((key) => async () => {
        const text = (await first.peek(key))?.text;
        times.set(text, (times.get(text) ?? 0) + 1);
      }),
      200,
    );
    expect([...times]).toEqual([['1', count]]);
    expect(commands).toBeLessThan(8);
    for (const own of clients) own.disconnect();
    await proxy.close();
  });
});

describe('the index', () => {
  it('looks at no conversation later than its deadline, whatever was written in between', async () => {
    const storage = redisStorage(client, { prefix: 'trail' });
    const lengths = [10, 5, 20, 3, undefined, 30, 1, undefined, 2, 2].map((minutes) =>
      minutes === undefined ? {} : { deadlineIn: minutes * minute },
    );
    for (const [n, deadline] of lengths.entries()) {
      const lease = await taken(storage, 'k', `t.${n}`);
      await lease.commit({ text: '{}', state: null, ...deadline });
      const at = Number(await client.hget(layoutOf('trail', 64).conversation('k'), 'd'));
      if (at > 0) expect((await indexed('trail')).get('k')).toBeLessThanOrEqual(at);
    }
  });

  it('follows the record again when it looked too early', async () => {
    const storage = redisStorage(client, { prefix: 'early' });
    const put = async (key: string, deadlineIn?: number) => {
      const lease = await taken(storage, key, `t.${key}${deadlineIn}`);
      await lease.commit({ text: '{}', state: null, ...(deadlineIn && { deadlineIn }) });
    };
    for (const key of ['removed', 'later', 'due']) await put(key, 5);
    await put('removed');
    await put('later', 10 * minute);
    await until(async () => ((await storage.peek('due'))?.deadlineIn ?? 1) <= 0);
    expect(await storage.due(10, minute)).toEqual(['due']);
    const name = layoutOf('early', 64).conversation('later');
    const scores = await indexed('early');
    expect(scores.has('removed')).toBe(false);
    expect(scores.get('later')).toBe(Number(await client.hget(name, 'd')));
  });

  it('keeps a deadline that was set while its predecessor was claimed', async () => {
    const storage = redisStorage(client, { prefix: 'claimed' });
    const lease = await taken(storage, 'k', 't.1');
    await lease.commit({ text: '1', state: null, deadlineIn: 1 });
    await until(async () => ((await storage.peek('k'))?.deadlineIn ?? 1) <= 0);
    expect(await storage.due(10, minute)).toEqual(['k']);
    // Another process moves on before the claimer has come to it.
    const other = redisStorage(client, { prefix: 'claimed' });
    await (await taken(other, 'k', 't.2')).commit({ text: '2', state: null });
    await (await taken(other, 'k', 't.3')).commit({ text: '3', state: null, deadlineIn: 1 });
    await storage.settled('k');
    await until(async () => ((await storage.peek('k'))?.deadlineIn ?? 1) <= 0);
    expect(await other.due(10, minute)).toEqual(['k']);
  });

  it('ends a claim of another process as well', async () => {
    const storage = redisStorage(client, { prefix: 'foreign' });
    const lease = await taken(storage, 'k', 't.1');
    await lease.commit({ text: '1', state: null, deadlineIn: 1 });
    await until(async () => ((await storage.peek('k'))?.deadlineIn ?? 1) <= 0);
    expect(await storage.due(10, minute)).toEqual(['k']);
    const other = redisStorage(client, { prefix: 'foreign' });
    await other.settled('k');
    expect(await other.due(10, minute)).toEqual(['k']);
  });

  it('leaves a claimed conversation alone while a turn runs', async () => {
    const storage = redisStorage(client, { prefix: 'held' });
    const lease = await taken(storage, 'k', 't.1');
    await lease.commit({ text: '1', state: null, deadlineIn: 1 }, 60_000);
    await until(async () => ((await storage.peek('k'))?.deadlineIn ?? 1) <= 0);
    expect(await storage.due(10, minute)).toEqual(['k']);
    const claimed = await indexed('held');
    await storage.settled('k');
    expect(await indexed('held')).toEqual(claimed);
    await lease.commit({ text: '2', state: null, deadlineIn: 30_000 });
    const at = Number(await client.hget(layoutOf('held', 64).conversation('k'), 'd'));
    expect((await indexed('held')).get('k')).toBeLessThanOrEqual(at);
  });
});

describe('due conversations of another prefix', () => {
  it('are looked past, a thousand in a call, and are left as they are', async () => {
    const prefix = 'hidden';
    const storage = redisStorage(client, { prefix, buckets: 1 });
    const [index = ''] = layoutOf(prefix, 1).indexes;
    const arm = async (key: string, deadlineIn: number) => {
      await (await taken(storage, key, `set.${key}`)).commit({ text: '', state: null, deadlineIn });
    };
    const others = Array.from({ length: 2500 }, (_, n) => `other:${n}`);
    await run(
      others.map((key) => () => arm(key, 1)),
      200,
    );
    for (const key of ['mine:1', 'mine:2']) await arm(key, 2);
    await until(async () => (await client.zcount(index, '-inf', Date.now())) === 2502);
    const before = await client.zrange(index, '0', '-1', 'WITHSCORES');
    const found: string[] = [];
    for (let call = 0; call < 3; call++) found.push(...(await storage.due(1, minute, 'mine:')));
    for (let call = 0; call < 3; call++) found.push(...(await storage.due(1, minute, 'mine:')));
    expect(found.sort()).toEqual(['mine:1', 'mine:2']);
    expect(await client.zrange(index, '0', '2499', 'WITHSCORES')).toEqual(before.slice(0, 5000));
    expect(await storage.due(10_000, minute)).toHaveLength(2500);
  });
});

describe('a commit whose deadline the index rejects', () => {
  /** The storage over a client whose next messages to the index fail. */
  function over(prefix: string) {
    const own = new Redis(server.port);
    let failures = 0;
    const call = own.call.bind(own) as typeof own.call;
    own.call = ((command: string, ...args: string[]) => {
      if (command !== 'eval' || !args[0]?.includes('ZADD') || --failures < 0)
        return call(command, ...args);
      const reason = "OOM command not allowed when used memory > 'maxmemory'.";
      return Promise.reject(new Error(reason));
    }) as typeof own.call;
    onTestFinished(() => own.disconnect());
    const fail = (times: number) => {
      failures = times;
    };
    return { storage: redisStorage(own, { prefix }), fail };
  }
  const write = (deadlineIn: number) => ({ text: '{}', state: null, deadlineIn });

  it.each([
    ['for the first time', [], minute],
    ['for an earlier time', [2 * minute], minute],
    ['where the index has looked already', [1, 2 * minute], minute],
  ])(
    'is not said to have failed, and is indexed when it is sent again: %s',
    async (_, before, deadlineIn) => {
      const prefix = `rejected-${deadlineIn}-${before.length}`;
      const { storage, fail } = over(prefix);
      for (const [n, each] of before.entries())
        await (await taken(storage, 'k', `b.${n}`)).commit(write(each));
      const holder = await taken(storage, 'k', 't');
      const { token, fence } = holder;
      fail(1);
      const commit = () => storage.commit('k', { token, fence }, write(deadlineIn));
      const error = await commit().then(
        () => undefined,
        (failure: unknown) => failure,
      );
      expect(storage.classify(error)).toBe('unknown');
      expect(await commit()).toBe('rejected');
      expect((await storage.peek('k'))?.deadlineIn).toBeGreaterThan(0);
      const at = (await indexed(prefix)).get('k');
      expect(at).toBeLessThanOrEqual(Date.now() + deadlineIn);
    },
  );

  it('costs the update of a bot nothing', async () => {
    const { storage, fail } = over('rejected-bot');
    const Form = states('Form', { name: state() });
    const machine = createMachine({ states: [Form], storage });
    const from = { id: 1, is_bot: false, first_name: 'Ann' };
    const message = { message_id: 1, date: 0, chat: { id: 1, type: 'private' }, from, text: 'a' };
    const bot = { id: 1, username: 'bot', call: async () => ({ message_id: 1 }) };
    await machine.handle({ update_id: 1, message }, bot, ({ state: fsm }) => {
      fail(1);
      fsm.set(Form.name);
      fsm.expire('1m');
    });
    expect((await indexed('rejected-bot')).size).toBe(1);
    await machine.stop();
  });
});

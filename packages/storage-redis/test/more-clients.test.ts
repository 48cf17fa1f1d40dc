/** The storage contract over clients other than `ioredis` and `redis`, and what is said of those that cannot serve. */

import { randomUUID } from 'node:crypto';
import { state, states } from '@telefsm/core';
import { createMachine } from '@telefsm/core/adapter';
import { storageContract } from '@telefsm/testing';
import { Redis as UpstashRedis } from '@upstash/redis';
import { GlideClient } from '@valkey/valkey-glide';
import { Redis as Valkey } from 'iovalkey';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { host, type RedisServer, startRedis } from '../../../test/servers/redis.ts';
import { startUpstash, type UpstashServer } from '../../../test/servers/upstash.ts';
import { portOf } from '../src/clients.ts';
import { type RedisClient, redisStorage } from '../src/index.ts';
import { layoutOf } from '../src/layout.ts';
import { shiftScript } from './shift-script.ts';

let redis: RedisServer;
let rest: UpstashServer;
const open: (() => void)[] = [];
beforeAll(async () => {
  redis = await startRedis();
  rest = await startUpstash(redis.url);
});
afterAll(async () => {
  for (const close of open) close();
  await rest.close();
  await redis.stop();
});

const upstash = (more: object = { automaticDeserialization: false, retry: false }) =>
  new UpstashRedis({ url: rest.url, token: rest.token, ...more });

const kinds: readonly (readonly [
  name: string,
  hears: boolean,
  make: () => Promise<RedisClient>,
])[] = [
  [
    'iovalkey',
    true,
    async () => {
      const client = new Valkey(redis.url);
      open.push(() => client.disconnect());
      return client as unknown as RedisClient;
    },
  ],
  [
    '@valkey/valkey-glide',
    false,
    async () => {
      const client = await GlideClient.createClient({ addresses: [{ host, port: redis.port }] });
      open.push(() => client.close());
      return client;
    },
  ],
  ['@upstash/redis over HTTP', false, async () => upstash() as RedisClient],
  [
    'a client over HTTP that has only eval()',
    false,
    async () => {
      const { eval: run } = upstash();
      return { eval: (script, keys, args) => run(script, keys, args) };
    },
  ],
];

const exceptions = { granted: 'the client cannot subscribe, so processes that wait ask again' };

describe.each(kinds)('the storage contract over %s', (_, hears, make) => {
  const clients: RedisClient[] = [];
  const prefix = `more-${randomUUID().slice(0, 8)}`;
  beforeAll(async () => {
    clients.push(await make(), await make());
  });
  const storageOf = (at: number) => redisStorage(clients[at] as RedisClient, { prefix });
  const shift = async (key: string, ms: number) => {
    const name = layoutOf(prefix, 64).conversation(key);
    await redis.command('EVAL', shiftScript, 1, name, ms);
  };
  const under = () => ({ storage: storageOf(0), another: () => storageOf(1), shift });
  for (const rule of storageContract(under, hears ? {} : { exceptions })) {
    it(rule.title, () => rule.run());
  }
});

describe('machines of two processes over a client without a subscription', () => {
  it('take turns, and lose no update', async () => {
    const Steps = states('Steps', { counting: state<{ count: number }>() });
    const prefix = `more-${randomUUID().slice(0, 8)}`;
    const make = () =>
      createMachine({
        states: [Steps],
        storage: redisStorage(upstash() as RedisClient, { prefix }),
      });
    const machines = [make(), make()] as const;
    const anna = { bot: 1, user: 1 };
    const add = (at: number) =>
      machines[at % 2 === 0 ? 0 : 1].at(anna).run(({ state: fsm }) => {
        const count = fsm.is(Steps.counting) ? fsm.data.count : 0;
        fsm.set(Steps.counting, { count: count + 1 });
      });
    await Promise.all(Array.from({ length: 20 }, (_, at) => add(at)));
    const kept = await machines[0].at(anna).peek();
    expect(kept?.data).toEqual({ count: 20 });
    await Promise.all(machines.map((machine) => machine.stop()));
  });
});

describe('a client that cannot serve', () => {
  it('is rejected: one of Upstash that parses what it reads', () => {
    expect(() => redisStorage(upstash({}) as RedisClient)).toThrow(
      /automaticDeserialization: false, retry: false/,
    );
  });

  it('is rejected: one of GLIDE for clusters', () => {
    const cluster = { customCommand() {}, fcallWithRoute() {} };
    expect(() => portOf(cluster as never)).toThrow(/for a cluster a client of 'ioredis'/);
  });
});

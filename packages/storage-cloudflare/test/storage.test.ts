/** The checks and requests of the storage, and how it spreads conversations; objects run on workerd where they matter. */

import { type FsmFlavor, fsm, state, states } from '@telefsm/grammy';
import { Bot, type Context } from 'grammy';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startWorkerd, type Workerd } from '../../../test/servers/workerd.ts';
import { durableObjectStorage, type ObjectNamespace } from '../src/index.ts';
import { shardOf } from '../src/shard-of.ts';

/** A namespace whose objects answer every request so. */
function namespaceOf(answer: (body: string) => Promise<object>): ObjectNamespace {
  return {
    idFromName: (name) => name,
    get: () => ({
      async fetch(_, { body }) {
        const found = await answer(body);
        return { status: 200, json: async () => found };
      },
    }),
  };
}

describe('options', () => {
  it.each([0, -1, 1.5, 1025, Number.NaN])('%d shards are rejected', (shards) => {
    const namespace = namespaceOf(async () => ({}));
    expect(() => durableObjectStorage(namespace, { shards })).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTION' }),
    );
  });

  it('a binding that is missing is rejected by the name of the option', () => {
    const env: { readonly CONVERSATIONS?: ObjectNamespace } = {};
    expect(() => durableObjectStorage(env.CONVERSATIONS as never)).toThrow(/namespace/);
  });
});

describe('statements', () => {
  it('a record whose text is made when it is read is sent', async () => {
    const bodies: string[] = [];
    const namespace = namespaceOf(async (body) => {
      bodies.push(body);
      return { answer: 'done' };
    });
    class Lazy {
      readonly state = null;
      get text(): string {
        return 'made late';
      }
    }
    const storage = durableObjectStorage(namespace);
    expect(await storage.commit('key', { token: 'a.1', fence: 5 }, new Lazy())).toBe('done');
    expect(JSON.parse(bodies[0] ?? '').parameters[2]).toEqual({ text: 'made late', state: null });
  });

  it('an error that the object answered is certain, and a lost answer is unknown', async () => {
    const refusing = durableObjectStorage(namespaceOf(async () => ({ error: 'database full' })));
    const broken = durableObjectStorage(
      namespaceOf(async () => Promise.reject(new Error('Network connection lost.'))),
    );
    const errorOf = async (work: unknown) => {
      try {
        await work;
      } catch (error) {
        return error;
      }
      throw new Error('It should have failed.');
    };
    const refused = await errorOf(refusing.peek('key'));
    expect(refused).toMatchObject({ message: 'database full' });
    expect(refusing.classify(refused)).toBe('fatal');
    expect(broken.classify(await errorOf(broken.peek('key')))).toBe('unknown');
  });
});

describe('deadlines', () => {
  /** Objects with one due key each, of which those of some indexes fail. */
  function objects(...failing: number[]) {
    const asked: number[] = [];
    const namespace: ObjectNamespace = {
      idFromName: (name) => name,
      get: (id) => ({
        async fetch() {
          const index = Number(`${id}`.split(':')[1]);
          asked.push(index);
          if (failing.includes(index)) throw new Error('Network connection lost.');
          return { status: 200, json: async () => ({ answer: [`key ${index}`] }) };
        },
      }),
    };
    return { asked, storage: durableObjectStorage(namespace) };
  }

  it('of the other objects are found while one object fails', async () => {
    const { storage } = objects(1);
    expect(await storage.due(10, 1000)).toEqual(['key 0', 'key 2', 'key 3']);
    await expect(objects(0, 1, 2, 3).storage.due(10, 1000)).rejects.toThrow('connection lost');
  });

  it('of each object come first in turn, so that none waits behind a small limit', async () => {
    const { asked, storage } = objects();
    for (let call = 0; call < 5; call++) await storage.due(1, 1000);
    expect(asked).toEqual([0, 1, 2, 3, 0]);
  });
});

describe('shards', () => {
  it('a key stays in its shard in every version', () => {
    const keys = ['telefsm:b1:c1:u1', 'telefsm:b1:c2:u2', 'telefsm:b1:c-100:u7', ''];
    expect(keys.map((key) => shardOf(key, 4))).toEqual([3, 1, 1, 3]);
    expect(keys.map((key) => shardOf(key, 16))).toEqual([3, 5, 1, 11]);
  });

  it.each([4, 16])('10,000 users are spread over %i shards', (shards) => {
    const counts = Array.from({ length: shards }, () => 0);
    for (let user = 0; user < 10_000; user++) {
      const shard = shardOf(`telefsm:b1:c${user}:u${user}`, shards);
      counts[shard] = (counts[shard] ?? 0) + 1;
    }
    const mean = 10_000 / shards;
    expect(Math.min(...counts)).toBeGreaterThan(mean * 0.8);
    expect(Math.max(...counts)).toBeLessThan(mean * 1.2);
  });
});

describe('objects', () => {
  let workerd: Workerd;
  beforeAll(async () => {
    workerd = await startWorkerd({ script: new URL('worker.ts', import.meta.url) });
  });
  afterAll(() => workerd?.close());

  const namespace: ObjectNamespace = {
    idFromName: (name) => name,
    get: (id) => ({
      fetch: async (_, request) =>
        fetch(`${(await workerd.urls())[0]}/object/${encodeURIComponent(`${id}`)}/`, request),
    }),
  };

  it('an update costs two requests to one object', async () => {
    const asked: string[] = [];
    const counting: ObjectNamespace = {
      idFromName: (name) => name,
      get: (id) => ({
        fetch(url, request) {
          asked.push(`${JSON.parse(request.body).name} of ${id}`);
          return namespace.get(id).fetch(url, request);
        },
      }),
    };
    const Count = states('Count', { on: state<{ n: number }>() });
    const app = [Count] as const;
    const bot = new Bot<FsmFlavor<Context, typeof app>>('1:test', {
      botInfo: { id: 1, is_bot: true, first_name: 'Bot', username: 'a_bot' } as never,
    });
    bot.use(fsm({ states: app, storage: durableObjectStorage(counting) }));
    bot.on('message', (ctx) => {
      const n = ctx.state.is(Count.on) ? ctx.state.data.n : 0;
      ctx.state.set(Count.on, { n: n + 1 });
    });
    const from = { id: 7, is_bot: false as const, first_name: 'Ann' };
    const chat = { id: 7, type: 'private' as const, first_name: 'Ann' };
    for (const id of [1, 2])
      await bot.handleUpdate({
        update_id: id,
        message: { message_id: id, date: 0, chat, from, text: 'hello' },
      });
    const shard = `telefsm:${shardOf('telefsm:b1:c7:u7', 4)}`;
    const each = [`acquire of ${shard}`, `commit of ${shard}`];
    expect(asked).toEqual([...each, ...each]);
  });

  it('a record that a row cannot contain is rejected with the limit, and a smaller one is stored', async () => {
    const storage = durableObjectStorage(namespace);
    const granted = await storage.acquire('large', { token: 'a.1', lease: 1000, queue: false });
    const holder = { token: 'a.1', fence: 'busy' in granted ? 0 : granted.fence };
    const commit = async (length: number) =>
      storage.commit('large', holder, { text: 'x'.repeat(length), state: null });
    const error = await commit(10_000_000).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: 'RECORD_TOO_LARGE',
      message: expect.stringMatching(/needs 10\d{6} bytes, but the limit is 2000000/),
    });
    expect(storage.classify(error)).toBe('fatal');
    expect(await commit(1_900_000)).toBe('done');
  });

  it('another number of shards is rejected, also by an object that was started again', async () => {
    const four = durableObjectStorage(namespace, { shards: 4 });
    const granted = await four.acquire('key', { token: 'a.1', lease: 1000, queue: false });
    if ('busy' in granted) throw new Error('The key should be free.');
    await four.commit('key', { token: 'a.1', fence: granted.fence }, { text: 'x', state: null });
    await workerd.restart();
    const one = durableObjectStorage(namespace, { shards: 1 + shardOf('key', 4) });
    const listing = one.list({})[Symbol.asyncIterator]().next();
    const error: unknown = await listing.then(String, (thrown: unknown) => thrown);
    expect(String(error)).toMatch(/shards.*4/);
    expect(one.classify(error)).toBe('fatal');
    expect((await four.peek('key'))?.text).toBe('x');
  });
});

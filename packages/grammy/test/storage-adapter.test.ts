import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileAdapter } from '@grammyjs/storage-file';
import { RedisAdapter } from '@grammyjs/storage-redis';
import { telegram, virtualClock } from '@telefsm/testing';
import {
  Bot,
  type Context,
  MemorySessionStorage,
  type SessionFlavor,
  type StorageAdapter,
  session,
} from 'grammy';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RedisServer, startRedis } from '../../../test/servers/redis.ts';
import {
  type FsmFlavor,
  fromStorageAdapter,
  fsm,
  inState,
  memoryStorage,
  type StoredText,
  state,
  states,
  toStorageAdapter,
} from '../src/index.ts';

const Form = states('Form', { name: state(), age: state<{ name: string }>() });
const botInfo = { id: 1, is_bot: true, first_name: 'Bot', username: 'test_bot' } as never;

let server: RedisServer;
let client: Redis;
let folder: string;
beforeAll(async () => {
  server = await startRedis();
  client = new Redis(server.url);
  folder = await mkdtemp(join(tmpdir(), 'telefsm-'));
});
afterAll(async () => {
  await client.quit();
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

/** A registration bot on a storage of grammY: made anew, it stands for another process. */
function registration(adapter: StorageAdapter<StoredText>) {
  const bot = new Bot<FsmFlavor<Context>>('1:test', { botInfo });
  const machine = fsm({ states: [Form], storage: fromStorageAdapter(adapter) });
  bot.use(machine);
  bot.filter(inState(Form.name)).on('message:text', async (ctx) => {
    ctx.state.set(Form.age, { name: ctx.msg.text });
    await ctx.reply('How old are you?');
  });
  bot.filter(inState(Form.age)).on('message:text', async (ctx) => {
    ctx.state.clear();
    await ctx.reply(`${ctx.state.get('name', 'cleared')}, ${ctx.msg.text}`);
  });
  bot.on('message:text', async (ctx) => {
    ctx.state.set(Form.name);
    await ctx.reply('What is your name?');
  });
  return { bot, machine };
}

describe.each([
  ['@grammyjs/storage-redis', () => new RedisAdapter<StoredText>({ instance: client as never })],
  ['@grammyjs/storage-file', () => new FileAdapter<StoredText>({ dirName: folder })],
  ['grammY’s memory', () => new MemorySessionStorage<StoredText>()],
])('fromStorageAdapter with %s', (name, make) => {
  it('keeps conversations, over a restart where the storage does', async () => {
    const adapter = make();
    const first = registration(adapter);
    const tg = telegram(first.bot);
    const anna = tg.user('Anna');
    await anna.sends('/start');
    anna.sees('What is your name?');
    await anna.sends('Anna: "ø"\n');
    anna.sees('How old are you?');
    const kept = name.includes('memory') ? adapter : make();
    const { key } = first.machine.at({ user: anna.id });
    expect(await kept.read(key)).toEqual({ text: expect.stringContaining('Form:age') });
    await tg.restart(() => registration(kept).bot);
    await anna.sends('30');
    anna.sees('cleared, 30');
    expect(await first.machine.at({ user: anna.id }).peek()).toBeUndefined();
    await anna.sends('again');
    anna.sees('What is your name?');
  });

  it('passes a third-party value to the policy, and the user continues', async () => {
    const adapter = make();
    const { bot, machine } = registration(adapter);
    const anna = telegram(bot).user('Anna');
    const seen: string[] = [];
    machine.observe('repaired', ({ stored }) => seen.push(stored));
    await anna.sends('hello');
    const { key } = machine.at({ user: anna.id });
    await adapter.write(key, { visits: 3 } as never);
    await anna.sends('hello');
    anna.sees('What is your name?');
    expect(seen).toEqual(['{"visits":3}']);
    await adapter.delete(key);
  });
});

describe('toStorageAdapter', () => {
  it('serves session() beside conversations on one storage', async () => {
    const storage = memoryStorage();
    type My = FsmFlavor<Context & SessionFlavor<{ visits: number }>>;
    const bot = new Bot<My>('1:test', { botInfo });
    bot.use(session({ initial: () => ({ visits: 0 }), storage: toStorageAdapter(storage) }));
    const machine = fsm({ storage });
    bot.use(machine);
    bot.on('message', async (ctx) => {
      ctx.session.visits++;
      ctx.state.update({ n: ctx.session.visits });
      await ctx.reply(`${ctx.session.visits}`);
    });
    const anna = telegram(bot).user('Anna');
    await anna.sends('a');
    await anna.sends('b');
    anna.sees('2');
    expect(await machine.at({ user: anna.id }).peek()).toMatchObject({ data: { n: 2 } });
    expect(storage.peek(`session:${anna.id}`)).toMatchObject({ text: '{"visits":2}' });
  });

  it('reads what it wrote, no longer has what it deleted, and writes in order', async () => {
    const clock = virtualClock();
    const storage = memoryStorage({ clock });
    const adapter = toStorageAdapter<unknown>(storage, { prefix: 'mine:' });
    expect(await adapter.read('a')).toBeUndefined();
    await Promise.all([adapter.write('a', { n: 1 }), adapter.write('a', { n: 2 })]);
    expect(await adapter.read('a')).toEqual({ n: 2 });
    await adapter.delete('a');
    expect(await adapter.read('a')).toBeUndefined();
    await adapter.delete('a');
    for (const value of [null, 0, '', [1], { text: 'x' }]) {
      await adapter.write('a', value);
      expect(await adapter.read('a')).toEqual(value);
    }
    await adapter.write('a', undefined);
    expect(storage.peek('mine:a')).toBeUndefined();
  });
});

it('a file stands for each conversation in the folder of storage-file', async () => {
  const { bot } = registration(new FileAdapter<StoredText>({ dirName: folder }));
  const before = (await readdir(folder)).length;
  await telegram(bot).user('Boris', { id: 77 }).sends('hello');
  expect((await readdir(folder)).length).toBeGreaterThan(before - 1);
});

describe('toStorageAdapter over a storage that can list', () => {
  it('lists the keys, values and entries of its own sessions', async () => {
    const storage = memoryStorage();
    const adapter = toStorageAdapter<{ count: number }>(storage);
    const other = toStorageAdapter<{ count: number }>(storage, { prefix: 'other:' });
    await adapter.write('a', { count: 1 });
    await adapter.write('b', { count: 2 });
    await other.write('c', { count: 3 });
    const all = async <T>(list: Iterable<T> | AsyncIterable<T> | undefined) => {
      const found: T[] = [];
      for await (const one of list ?? []) found.push(one);
      return found;
    };
    expect(await all(adapter.readAllKeys?.())).toEqual(['a', 'b']);
    expect(await all(adapter.readAllValues?.())).toEqual([{ count: 1 }, { count: 2 }]);
    expect(await all(other.readAllEntries?.())).toEqual([['c', { count: 3 }]]);
    expect(await adapter.has?.('a')).toBe(true);
    expect(await adapter.has?.('c')).toBe(false);
  });
});

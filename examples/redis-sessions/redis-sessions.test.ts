/** Bots whose sessions are in Redis already: their users continue where they were. */

import { randomInt } from 'node:crypto';
import { telegram } from '@telefsm/testing';
import { Bot } from 'grammy';
import { Redis } from 'ioredis';
import { createClient } from 'redis';
import { Telegraf } from 'telegraf';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as grammy from './grammy.ts';
import * as telegraf from './telegraf.ts';

const url = process.env['REDIS_URL'] ?? 'redis://127.0.0.1:6379';
const redis = new Redis(url, { lazyConnect: true });
const client = createClient({ url });
const old = createClient({ url });
let store: telegraf.Store;
beforeAll(async () => {
  store = telegraf.openStore(old);
  await Promise.all([redis.connect(), client.connect()]);
});
afterAll(() => Promise.all([redis.quit(), client.close(), old.close()]));

/** Nobody else on this Redis. */
const newcomer = () => randomInt(1_000_000_000, 9_000_000_000);
const botInfo = { id: 7, is_bot: true, first_name: 'Orders', username: 'orders_bot' } as never;

const frameworks = [
  {
    name: '@grammyjs/storage-redis on grammY',
    make(version: 'before' | 'after') {
      const bot = new Bot<grammy.MyContext>('7:test', { botInfo });
      (version === 'before' ? grammy.before : grammy.after)(bot, redis);
      return bot as never;
    },
    oldKey: (user: number) => String(user),
  },
  {
    name: '@telegraf/session on Telegraf',
    make(version: 'before' | 'after') {
      const bot = new Telegraf<telegraf.MyContext>('7:test');
      bot.botInfo = botInfo;
      if (version === 'before') telegraf.before(bot, store);
      else telegraf.after(bot, store, client);
      return bot as never;
    },
    oldKey: (user: number) => `telegraf:${user}:${user}`,
  },
];

describe.each(frameworks)('$name', ({ make, oldKey }) => {
  /** Anna has ordered cake, and is asked how much tea she wants. */
  async function inTheMiddle() {
    const world = telegram(make('before'));
    const anna = world.user('Anna', { id: newcomer() });
    for (const text of ['/order', 'cake', '1', '/order', 'tea']) await anna.sends(text);
    anna.sees('How many?');
    expect(await redis.exists(oldKey(anna.id))).toBe(1);
    return { world, anna };
  }

  it('users in the middle of an order are taken over on their first update', async () => {
    const { world, anna } = await inTheMiddle();
    await world.restart(() => make('after'));
    await anna.sends('3');
    anna.sees('Ordered: 3 × tea');
    expect(await redis.exists(oldKey(anna.id))).toBe(0);
    await world.restart(() => make('after'));
    await anna.sends('/orders');
    anna.sees('1 × cake\n3 × tea');
  });

  it('a first update that fails leaves the old session as it was', async () => {
    const { world, anna } = await inTheMiddle();
    await world.restart(() => make('after'));
    await expect(anna.sends('three')).rejects.toThrow('Not a number');
    expect(await redis.exists(oldKey(anna.id))).toBe(1);
    await anna.sends('3');
    await anna.sends('/orders');
    anna.sees('1 × cake\n3 × tea');
  });

  it('two processes that get the first updates at once take a user over once', async () => {
    const { world, anna } = await inTheMiddle();
    await world.restart(() => make('after'));
    const other = telegram(make('after'));
    other.countsFrom(1000);
    const same = other.user('Anna', { id: anna.id });
    await Promise.all([anna.sends('3'), same.sends('/orders')]);
    await anna.sends('/orders');
    anna.sees('1 × cake\n3 × tea');
    expect(await redis.exists(oldKey(anna.id))).toBe(0);
  });
});

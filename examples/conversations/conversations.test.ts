/** One bot with `@grammyjs/conversations`, its state beside the turn and inside it. */

import { memoryStorage } from '@telefsm/core';
import { type BotWorld, telegram } from '@telefsm/testing';
import { Bot } from 'grammy';
import { describe, expect, it } from 'vitest';
import * as after from './after.ts';
import * as before from './before.ts';
import type { MyContext } from './order.ts';

function newBot() {
  const bot = new Bot<MyContext>('1:test', { client: { fetch: network as never } });
  /** Contexts inside a conversation have a client of their own; it reaches the test's Telegram through the bot's. */
  async function network(url: string, { body }: { readonly body: string }) {
    const call = Reflect.get(bot.api.raw, new URL(url).pathname.split('/').at(-1) ?? '');
    const result: unknown = await call(JSON.parse(body));
    return { json: async () => ({ ok: true, result }) };
  }
  return bot;
}

/** A store that answers a little later, as a database does, and keeps JSON. */
function store(kept = new Map<string, string>()) {
  const later = async <T>(value: T): Promise<T> => {
    await new Promise(setImmediate);
    return value;
  };
  return {
    read: async (key: string) => JSON.parse((await later(kept.get(key))) ?? 'null') ?? undefined,
    write: async (key: string, value: unknown) => {
      await later(kept.set(key, JSON.stringify(value)));
    },
    delete: async (key: string) => {
      await later(kept.delete(key));
    },
  };
}

const theirs = () => {
  const bot = newBot();
  before.setUp(bot, { sessions: store(), conversations: store() });
  return telegram(bot);
};
const ours = () => {
  const bot = newBot();
  after.setUp(bot, memoryStorage());
  return telegram(bot);
};

async function orders(world: BotWorld, ...texts: readonly (string | readonly string[])[]) {
  const anna = world.user('Anna');
  for (const text of ['/order', ...texts]) {
    if (typeof text === 'string') await anna.sends(text).catch(() => {});
    else await Promise.all(text.map((one) => anna.sends(one)));
  }
  return world.transcript();
}

describe('the conversations bot', () => {
  it('has the same conversation before and after', async () => {
    const texts = ['tea', '3', '/orders', '/order', 'cake', '1', '/orders'];
    const messages = await orders(theirs(), ...texts);
    expect(messages).toContain('Ordered: 1 × cake');
    expect(await orders(ours(), ...texts)).toBe(messages);
  });

  it('takes two texts at once for one answer before, and for two after', async () => {
    const said = await orders(theirs(), ['tea', '3']);
    expect(said).not.toContain('Ordered');
    expect(await orders(ours(), ['tea', '3'])).toContain('Ordered: 3 × tea');
  });

  it('takes a redelivered text for the next answer before, and skips it after', async () => {
    const redelivered = async (world: BotWorld) => {
      await orders(world, 'tea');
      await world.redeliver().catch(() => {});
      return orders(world);
    };
    const text = async (world: BotWorld) => {
      await orders(world, '3');
      await world.redeliver().catch(() => {});
      const anna = world.user('Anna');
      await anna.sends('4');
      return world.transcript();
    };
    expect(await text(theirs())).toContain('Ordered: 3 × 3');
    expect(await text(ours())).toContain('Ordered: 4 × 3');
    expect(await redelivered(ours())).not.toContain('Ordered');
  });

  it('loses a conversation that throws before, and lets the user answer again after', async () => {
    const texts = ['tea', 'three', '3', '/orders'];
    expect(await orders(theirs(), ...texts)).toContain('No orders yet.');
    const said = await orders(ours(), ...texts);
    expect(said).toContain('Ordered: 3 × tea');
    expect(said).not.toContain('three ×');
  });
});

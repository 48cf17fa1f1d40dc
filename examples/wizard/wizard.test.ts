/** One bot with Telegraf's wizards and with telefsm's: the same conversation, and what happens when things go wrong. */

import { readFileSync } from 'node:fs';
import { type FsmStorage, memoryStorage } from '@telefsm/core';
import { type BotWorld, telegram } from '@telefsm/testing';
import { describe, expect, it } from 'vitest';
import * as after from './after.ts';
import * as before from './before.ts';

/** Telegraf's bot over a store that answers a little later, as a database does. */
function telegrafs(kept = new Map<string, string>()) {
  const later = async <T>(value: T): Promise<T> => {
    await new Promise(setImmediate);
    return value;
  };
  const store = {
    get: async (key: string) => JSON.parse((await later(kept.get(key))) ?? 'null') ?? undefined,
    set: (key: string, value: unknown) => later(kept.set(key, JSON.stringify(value))),
    delete: (key: string) => later(kept.delete(key)),
  };
  return before.makeBot('1:test', { store } as never);
}

/** The same bot on telefsm. */
const ours = (storage: FsmStorage = memoryStorage()) =>
  after.makeBot('1:test', { storage } as never);

/** Answers of the bot to one user, as text. */
async function conversation(world: BotWorld, act: (world: BotWorld) => Promise<unknown>) {
  await act(world);
  return world.transcript();
}

describe('the wizard bot', () => {
  it('differs in the module specifier of one import', () => {
    const lines = ['before.ts', 'after.ts'].map((name) =>
      readFileSync(new URL(name, import.meta.url), 'utf8').split('\n'),
    );
    const different = lines[0]?.flatMap((line, at) =>
      line === lines[1]?.[at] ? [] : [[line, lines[1]?.[at]]],
    );
    // and in the comment above it
    expect(different).toHaveLength(2);
    expect(different?.[1]?.[1]).toContain("'@telefsm/telegraf/scenes'");
  });

  it('has the same conversation on both', async () => {
    const act = async (world: BotWorld) => {
      const anna = world.user('Anna');
      for (const text of [
        '/orders',
        '/order',
        'tea',
        '3',
        '/order',
        'cake',
        '1',
        '/orders',
        'hi',
      ]) {
        await anna.sends(text);
      }
    };
    const theirs = await conversation(telegram(telegrafs()), act);
    expect(theirs).toContain('3 × tea\n');
    expect(await conversation(telegram(ours()), act)).toBe(theirs);
  });
});

describe('two texts at once', () => {
  const act = async (world: BotWorld) => {
    const anna = world.user('Anna');
    await anna.sends('/order');
    await Promise.all([anna.sends('tea'), anna.sends('3')]);
  };

  it('are both the answer to one step with Telegraf', async () => {
    const messages = await conversation(telegram(telegrafs()), act);
    expect(messages.match(/How many\?/g)).toHaveLength(2);
    expect(messages).not.toContain('Ordered');
  });

  it('are two answers, in their order, with telefsm', async () => {
    const said = await conversation(telegram(ours()), act);
    expect(said.match(/How many\?/g)).toHaveLength(1);
    expect(said).toContain('Ordered: 3 × tea');
  });
});

describe('a redelivered update', () => {
  const act = async (world: BotWorld) => {
    const anna = world.user('Anna');
    for (const text of ['/order', 'tea']) await anna.sends(text);
    await world.redeliver();
    await anna.sends('3');
  };

  it('answers the next step with Telegraf', async () => {
    await expect(act(telegram(telegrafs()))).rejects.toThrow('Not a number: tea');
  });

  it('is skipped with telefsm', async () => {
    expect(await conversation(telegram(ours()), act)).toContain('Ordered: 3 × tea');
  });
});

describe('a step that throws', () => {
  const act = async (world: BotWorld) => {
    const anna = world.user('Anna');
    for (const text of ['/order', 'tea']) await anna.sends(text);
    await anna.sends('three').catch(() => {});
    await anna.sends('3');
    await anna.sends('/orders');
  };

  it('leaves its half of the work behind with Telegraf', async () => {
    expect(await conversation(telegram(telegrafs()), act)).toMatch(/Bot: three × tea\n\s*3 × tea/);
  });

  it('leaves nothing behind with telefsm', async () => {
    const said = await conversation(telegram(ours()), act);
    expect(said).toContain('3 × tea');
    expect(said).not.toContain('three × tea');
  });
});

describe('two processes', () => {
  async function both(bots: readonly [ReturnType<typeof ours>, ReturnType<typeof ours>]) {
    const [one, two] = bots.map((bot) => telegram(bot));
    const anna = one?.user('Anna');
    await anna?.sends('/order');
    const same = two?.user('Anna', { id: anna?.id ?? 0 });
    two?.countsFrom(1000);
    await Promise.all([anna?.sends('tea'), same?.sends('3')]);
    return `${one?.transcript()}\n${two?.transcript()}`;
  }

  it('both take the same step with Telegraf', async () => {
    const kept = new Map<string, string>();
    const said = await both([telegrafs(kept), telegrafs(kept)] as never);
    expect(said.match(/How many\?/g)).toHaveLength(2);
    expect(said).not.toContain('Ordered');
  });

  it('take two steps in turn with telefsm', async () => {
    const storage = memoryStorage();
    const said = await both([ours(storage), ours(storage)]);
    expect(said.match(/How many\?/g)).toHaveLength(1);
    expect(said).toContain('Ordered: 3 × tea');
  });
});

/** Sessions that move from an old store into the record, when the old store fails. */

import { memoryStorage } from '@telefsm/core';
import { telegram } from '@telefsm/testing';
import { describe, expect, it } from 'vitest';
import { stageFrameworks, textOf } from './stages.ts';

/** A store that cannot delete while it is down. */
function failingStore() {
  const kept = new Map<string, object>();
  const store = {
    isDown: false,
    kept,
    get: async (key: string) => structuredClone(kept.get(key)),
    set: async (key: string, value: object) => void kept.set(key, structuredClone(value)),
    async delete(key: string) {
      if (store.isDown) throw new Error('The old store is down');
      kept.delete(key);
    },
  };
  return store;
}

describe.each(stageFrameworks)('a session that moves out of an old store on $name', (framework) => {
  function counting(store: ReturnType<typeof failingStore>) {
    const bot = framework.bot();
    const initial = () => ({ count: 0 });
    bot.use(framework.session({ store, storage: memoryStorage(), defaultSession: initial }));
    bot.use(async (ctx) => {
      if (textOf(ctx) === 'forget') ctx.session = undefined;
      else Object.assign(ctx.session ?? {}, { count: Number(ctx.session?.['count']) + 1 });
      await ctx.reply(`Count ${ctx.session?.['count'] ?? 'removed'}`);
    });
    return telegram(bot.bot);
  }

  it('is moved although its old key cannot be deleted, and the error says so', async () => {
    const store = failingStore();
    const anna = counting(store).user('Anna');
    store.kept.set(`${anna.id}:${anna.id}`, { count: 7 });
    store.isDown = true;
    await expect(anna.sends('a')).rejects.toThrow('The old store is down');
    await anna.sends('b');
    anna.sees('Count 9');
  });

  it('does not come back from an old key that is left, after the bot has removed the session', async () => {
    const store = failingStore();
    const tg = counting(store);
    const anna = tg.user('Anna');
    store.kept.set(`${anna.id}:${anna.id}`, { count: 7 });
    store.isDown = true;
    await anna.sends('a').catch(() => {});
    await anna.sends('forget');
    await anna.sends('b');
    anna.sees('Count 1');
    await anna.sends('c');
    anna.sees('Count 2');
  });

  it('is removed with its old key where the first update removes it', async () => {
    const store = failingStore();
    const anna = counting(store).user('Anna');
    store.kept.set(`${anna.id}:${anna.id}`, { count: 7 });
    await anna.sends('forget');
    expect(store.kept.size).toBe(0);
    await anna.sends('b');
    anna.sees('Count 1');
  });
});

import { telegram } from '@telefsm/testing';
import { type Context, MemorySessionStore, session, Telegraf } from 'telegraf';
import { describe, expect, it } from 'vitest';
import {
  type FsmFlavor,
  fromSessionStore,
  fsm,
  memoryStorage,
  noState,
  type StoredText,
  state,
  states,
  toSessionStore,
} from '../src/index.ts';

const Form = states('Form', { name: state(), age: state() });
const me = { id: 1, is_bot: true, first_name: 'Bot', username: 'test_bot' } as never;

function telegraf<C extends Context>(): Telegraf<C> {
  const bot = new Telegraf<C>('1:test');
  bot.botInfo = me;
  return bot;
}

describe('fromSessionStore', () => {
  const asAsync = (): {
    get(name: string): Promise<StoredText | undefined>;
    set(name: string, value: StoredText): Promise<unknown>;
    delete(name: string): Promise<unknown>;
  } => {
    const texts = new Map<string, string>();
    return {
      get: async (name) => JSON.parse(texts.get(name) ?? 'null'),
      set: async (name, value) => texts.set(name, JSON.stringify(value)),
      delete: async (name) => texts.delete(name),
    };
  };

  it.each([
    ['a sync store', () => new MemorySessionStore<StoredText>()],
    ['an async store that says null', asAsync],
  ])('keeps conversations in %s', async (_name, make) => {
    const store = make();
    const makeBot = () => {
      const bot = telegraf<FsmFlavor<Context>>();
      bot.use(fsm({ states: [Form], storage: fromSessionStore(store) }));
      bot.use(async (ctx) => {
        if (ctx.fsm.is(noState)) ctx.fsm.set(Form.name);
        else if (ctx.fsm.is(Form.name)) ctx.fsm.next();
        else ctx.fsm.clear();
        await ctx.reply(String(ctx.fsm.current));
      });
      return bot;
    };
    const tg = telegram(makeBot());
    const anna = tg.user('Anna');
    await anna.sends('a');
    anna.sees('Form:name');
    await tg.restart(makeBot);
    await anna.sends('b');
    anna.sees('Form:age');
    await anna.sends('c');
    anna.sees('null');
    expect(await store.get(`telefsm:b1:c${anna.id}:u${anna.id}`)).toBeFalsy();
  });
});

describe('toSessionStore', () => {
  it('serves session() beside conversations on one storage', async () => {
    const storage = memoryStorage();
    type My = FsmFlavor<Context & { session: { visits: number } }>;
    const bot = telegraf<My>();
    const store = toSessionStore<{ visits: number }>(storage);
    bot.use(session({ store, defaultSession: () => ({ visits: 0 }) }));
    bot.use(fsm({ storage }) as never);
    bot.use(async (ctx) => {
      ctx.session.visits++;
      ctx.fsm.update({ n: ctx.session.visits });
      await ctx.reply(`${ctx.session.visits}`);
    });
    const anna = telegram(bot).user('Anna');
    await anna.sends('a');
    await anna.sends('b');
    anna.sees('2');
    expect(storage.peek(`session:${anna.id}:${anna.id}`)).toMatchObject({ text: '{"visits":2}' });
    expect(await store.get(`${anna.id}:${anna.id}`)).toEqual({ visits: 2 });
    await store.delete(`${anna.id}:${anna.id}`);
    expect(await store.get(`${anna.id}:${anna.id}`)).toBeUndefined();
  });
});

import { telegram, virtualClock } from '@telefsm/testing';
import { type Context, MemorySessionStore, Scenes, session, Telegraf } from 'telegraf';
import { describe, expect, it } from 'vitest';
import {
  type AdoptOptions,
  adoptScenes,
  type FsmFlavor,
  flow,
  fsm,
  type LegacyScene,
} from '../src/index.ts';

const me = { id: 1, is_bot: true, first_name: 'Bot', username: 'test_bot' } as never;

interface MyContext extends FsmFlavor<Context> {
  session: Scenes.WizardSession & { kept?: string };
  scene: Scenes.SceneContextScene<MyContext, Scenes.WizardSessionData>;
  wizard: Scenes.WizardContextWizard<MyContext>;
}

const order = flow('order')
  .ask('product', { prompt: 'What?' })
  .ask('quantity', { prompt: 'How many?' })
  .done((answers) => `${answers.quantity} × ${answers.product}`);

function telegraf(): Telegraf<MyContext> {
  const bot = new Telegraf<MyContext>('1:test');
  bot.botInfo = me;
  return bot;
}

/** The bot before: a wizard of Telegraf, its sessions in a store. */
function oldBot(store: MemorySessionStore<never>): Telegraf<MyContext> {
  const bot = telegraf();
  const wizard = new Scenes.WizardScene<MyContext>(
    'order',
    async (ctx) => {
      ctx.wizard.next();
      await ctx.reply('Product?');
    },
    async (ctx) => {
      Object.assign(ctx.wizard.state, { product: ctx.text });
      ctx.wizard.next();
      await ctx.reply('Quantity?');
    },
    (ctx) => ctx.scene.leave(),
  );
  const other = new Scenes.WizardScene<MyContext>('other', (ctx) => void ctx.reply('Other.'));
  bot.use(session({ store: store as never }));
  bot.use(new Scenes.Stage<MyContext, Scenes.WizardSessionData>([wizard, other]).middleware());
  bot.command('other', (ctx) => ctx.scene.enter('other'));
  bot.use((ctx) => {
    ctx.session.kept = 'by the bot';
    return ctx.scene.enter('order');
  });
  return bot;
}

/** The bot after: the flow, with or without session() before it. */
function newBot(
  store: MemorySessionStore<never>,
  withSession: boolean,
  seen: LegacyScene[],
  options: AdoptOptions<MyContext> = { store: store as never },
): Telegraf<MyContext> {
  const bot = telegraf();
  if (withSession) bot.use(session({ store: store as never }));
  bot.use(
    fsm({
      states: [order],
      adopt: adoptScenes<MyContext>(options, {
        order: (legacy, turn) => {
          seen.push(structuredClone(legacy));
          turn.state.enter(order, legacy.state);
        },
      }),
    }) as never,
  );
  bot.command('fail', () => {
    throw new Error('broken');
  });
  bot.use(async (ctx) => void (await ctx.reply('Nothing open.')));
  return bot;
}

describe.each([
  ['with session() before fsm()', true],
  ['with the store alone', false],
])('adoptScenes %s', (_name, withSession) => {
  it('hands a user in the middle of a wizard over, once, and keeps the rest of the session', async () => {
    const store = new MemorySessionStore<never>();
    const seen: LegacyScene[] = [];
    const tg = telegram(oldBot(store));
    const anna = tg.user('Anna');
    await anna.sends('/order');
    await anna.sends('Phone');
    anna.sees('Quantity?');
    await tg.restart(() => newBot(store, withSession, seen));
    await anna.sends('3');
    anna.sees('3 × Phone');
    expect(seen).toMatchObject([
      { current: 'order', cursor: 2, state: { product: 'Phone' }, session: { kept: 'by the bot' } },
    ]);
    await anna.sends('hello');
    anna.sees('Nothing open.');
    expect(seen).toHaveLength(1);
    expect(store.get(`${anna.id}:${anna.id}`)).toEqual({ kept: 'by the bot' });
  });

  it('leaves scenes that it does not name, and users in none', async () => {
    const store = new MemorySessionStore<never>();
    const seen: LegacyScene[] = [];
    const tg = telegram(oldBot(store));
    const anna = tg.user('Anna');
    await anna.sends('/other');
    await tg.restart(() => newBot(store, withSession, seen));
    await anna.sends('hello');
    anna.sees('Nothing open.');
    await tg.user('Boris').sends('hello');
    expect(seen).toEqual([]);
    expect(store.get(`${anna.id}:${anna.id}`)).toMatchObject({ __scenes: { current: 'other' } });
  });

  it('loses nothing if the update fails', async () => {
    const store = new MemorySessionStore<never>();
    const seen: LegacyScene[] = [];
    const tg = telegram(oldBot(store));
    const anna = tg.user('Anna');
    await anna.sends('/order');
    await anna.sends('Phone');
    await tg.restart(() => {
      const bot = newBot(store, withSession, seen);
      bot.catch(() => {});
      return bot;
    });
    await anna.sends('/fail');
    await anna.sends('3');
    anna.sees('3 × Phone');
    expect(seen).toHaveLength(2);
  });
});

describe('adoptScenes', () => {
  it('takes an expired scene for none', async () => {
    const clock = virtualClock();
    const store = new MemorySessionStore<never>();
    const expires = Math.floor(clock.now() / 1000) - 1;
    store.set('5:5', { __scenes: { current: 'order', expires } } as never);
    const seen: LegacyScene[] = [];
    const bot = telegraf();
    bot.use(
      fsm({
        clock,
        states: [order],
        adopt: adoptScenes<MyContext>(
          { store: store as never },
          { order: (legacy) => void seen.push(legacy) },
        ),
      }) as never,
    );
    await telegram(bot, { clock }).user('Anna', { id: 5 }).sends('hello');
    expect(seen).toEqual([]);
  });

  it('finds sessions under the key that the bot gave them', async () => {
    const store = new MemorySessionStore<never>();
    store.set('user-5', { __scenes: { current: 'order', state: { product: 'Phone' } } } as never);
    const seen: LegacyScene[] = [];
    const bot = newBot(store, false, seen, {
      store: store as never,
      getSessionKey: async (ctx) => ctx.from && `user-${ctx.from.id}`,
    });
    const anna = telegram(bot).user('Anna', { id: 5 });
    await anna.sends('3');
    anna.sees('3 × Phone');
    expect(store.get('user-5')).toBeUndefined();
  });

  it('also adopts in work outside an update', async () => {
    const store = new MemorySessionStore<never>();
    store.set('5:5', { __scenes: { current: 'order', state: { product: 'Phone' } } } as never);
    const bot = telegraf();
    const seen: LegacyScene[] = [];
    const machine = fsm({
      states: [order],
      adopt: adoptScenes<MyContext>(
        { store: store as never },
        {
          order: (legacy, turn) => {
            seen.push(legacy);
            turn.state.enter(order, legacy.state);
          },
        },
      ),
    });
    bot.use(machine as never);
    machine.connect(bot);
    const anna = telegram(bot).user('Anna', { id: 5 });
    const found = await machine.at({ user: 5 }).run((turn) => turn.state.current);
    expect(found).toBe('order:quantity');
    anna.sees('How many?');
  });
});

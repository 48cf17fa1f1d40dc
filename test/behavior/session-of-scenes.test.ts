/** The session that scenes, flows and views share with `ctx.session`. */

import { flow, scene, typed } from '@telefsm/core';
import { session as grammySession } from '@telefsm/grammy/session';
import { session as telegrafSession } from '@telefsm/telegraf/scenes';
import { describe, expect, it } from 'vitest';
import { type Framework, frameworks } from './frameworks.ts';
import { labels, play } from './view-play.ts';

const session = typed<{ cart?: string[]; visits?: number }>();

const Shop = scene('shop', { session }).on({
  view: ({ session, button, goto }) => ({
    text: `In your cart: ${session.cart?.join(', ') ?? 'nothing'}`,
    rows: [
      ['tea', 'milk'].map((item) =>
        button(item, item, ({ session }) => {
          session.cart ??= [];
          session.cart.push(item);
        }),
      ),
      button('fail', 'fail', ({ session }) => {
        session.cart = ['lost'];
        throw new Error('broken');
      }),
      button('note', 'note', goto(Note)),
      button('pay', 'pay', ({ state }) => state.enter(Pay)),
    ],
  }),
  leave: ({ session }) => {
    session.visits = (session.visits ?? 0) + 1;
  },
});

const Note = scene('note', { session }).on({
  enter: ({ session }) => `Add to ${session.cart?.length ?? 0}`,
  handle: ({ session, input, goto }) => {
    session.cart = [...(session.cart ?? []), input.text];
    return goto(Shop);
  },
});

const Pay = flow('pay', { session })
  .ask('address', {
    prompt: (_, { session }) => `Where should ${session.cart?.join(' and ')} go?`,
    validate: (text, _, { session }) => `${text} (${session.cart?.length})`,
  })
  .done(({ address }, { session, state }) => {
    const cart = session.cart ?? [];
    session.cart = [];
    state.clear();
    return `${cart.join(' and ')} to ${address}, visit ${session.visits}`;
  });

/** Middleware that shows the session at `ctx.session`, behind the machine. */
function sessionOf({ name }: Framework, machine: never, initial: () => object): never {
  return (
    name === 'grammY'
      ? grammySession({ initial, machine })
      : telegrafSession({ defaultSession: initial, machine })
  ) as never;
}

describe.each(frameworks)('the session of scenes, on %s', (_, framework) => {
  it('is shared by views, nodes and flows, and kept after clear()', async () => {
    const { anna, bot, machine } = play(framework, [Shop, Note, Pay]);
    bot.command('shop', ({ fsm }) => fsm.enter(Shop));
    await anna.sends('/shop');
    anna.sees('In your cart: nothing');
    await anna.taps('tea');
    anna.sees('In your cart: tea');
    await anna.taps('note');
    anna.sees('Add to 1');
    await anna.sends('rice');
    anna.sees('In your cart: tea, rice');
    await anna.taps('pay');
    anna.sees('Where should tea and rice go?');
    await anna.sends('Main Street');
    anna.sees('tea and rice to Main Street (2), visit 2');
    const stored = await machine.at({ user: anna.id }).peek();
    expect(stored?.current ?? null).toBeNull();
    await anna.sends('/shop');
    anna.sees('In your cart: ');
  });

  it('is rolled back with a press that fails', async () => {
    const { anna, bot } = play(framework, [Shop, Note, Pay]);
    bot.command('shop', ({ fsm }) => fsm.enter(Shop));
    await anna.sends('/shop');
    await anna.taps('tea');
    await anna.taps('fail');
    expect(bot.errors).toHaveLength(1);
    await anna.taps('milk');
    anna.sees('In your cart: tea, milk');
  });

  it.each([
    ['read before', false, true],
    ['not read before', false, false],
    ['read before and shown at ctx.session', true, true],
    ['not read before and shown at ctx.session', true, false],
  ])('that was %s loses the changes of a leave hook that throws', async (_case, shows, reads) => {
    const Leaving = scene('leaving', { session }).on({
      enter: ({ session }) => {
        session.cart = ['tea'];
      },
      handle: ({ leave, session }) => {
        if (reads) session.cart?.push('milk');
        return leave();
      },
      leave: ({ session }) => {
        session.cart?.push('lost');
        session.visits = 1;
        throw new Error('broken');
      },
    });
    const { anna, bot, machine } = play(framework, [Leaving, Note]);
    const middleware = sessionOf(framework, machine as never, () => ({}));
    if (shows) (bot.bot as never as { use(made: never): void }).use(middleware);
    bot.command('enter', ({ fsm }) => fsm.enter(Leaving));
    // behind the middleware, since a scene that handles an update keeps it
    bot.command('leave', ({ fsm, ctx }) => {
      if (shows && reads) (ctx as { session: { cart: string[] } }).session.cart.push('milk');
      fsm.leave();
    });
    await anna.sends('/enter');
    await anna.sends(shows ? '/leave' : 'bye');
    expect(bot.errors.map(String)).toEqual(['Error: broken']);
    const stored = await machine
      .at({ user: anna.id })
      .run((turn) => JSON.stringify((turn as never as { session: object }).session));
    expect(stored).toBe(JSON.stringify({ cart: reads ? ['tea', 'milk'] : ['tea'] }));
  });

  it('is not opened for the option `language`, so a removed one begins anew', async () => {
    const Hello = scene('hello').on({
      enter: ({ language }) => `Hello (${language})`,
      handle: ({ leave }) => leave(),
    });
    const { anna, bot, machine } = play(framework, [Hello], {
      language: ({ session: { language } }) => (typeof language === 'string' ? language : 'en'),
    });
    const initial = () => ({ visits: 7 });
    const middleware = sessionOf(framework, machine as never, initial);
    (bot.bot as never as { use(made: never): void }).use(middleware);
    bot.command('reset', ({ fsm, ctx }) => {
      (ctx as { session?: object | undefined }).session = undefined;
      fsm.enter(Hello);
    });
    let found: unknown;
    bot.command('look', ({ ctx }) => {
      found = (ctx as { session?: unknown }).session;
    });
    await anna.sends('/reset');
    anna.sees('Hello (en)');
    await anna.sends('/look');
    expect(found).toEqual(initial());
  });

  it('moves once with a press that is delivered twice', async () => {
    const { anna, bot, world } = play(framework, [Shop, Note, Pay]);
    bot.command('shop', ({ fsm }) => fsm.enter(Shop));
    await anna.sends('/shop');
    await anna.taps('tea');
    await world.redeliver();
    await anna.taps('milk');
    anna.sees('In your cart: tea, milk');
  });

  it('is read-only in a view', async () => {
    const Greedy = scene('greedy', { session }).on({
      view: ({ session }) => {
        Object.assign(session, { cart: ['mine'] });
        return 'Greedy';
      },
    });
    const { anna, bot } = play(framework, [Greedy]);
    bot.command('greedy', ({ fsm }) => fsm.enter(Greedy));
    await anna.sends('/greedy');
    expect(String(bot.errors[0])).toContain('not extensible');
  });

  it('is the object that ctx.session shows', async () => {
    const { anna, bot, machine } = play(framework, [Shop, Note, Pay]);
    const middleware = sessionOf(framework, machine as never, () => ({ cart: ['gift'] }));
    (bot.bot as never as { use(made: never): void }).use(middleware);
    bot.command('shop', ({ fsm, ctx }) => {
      const { session } = ctx as { session: { cart: string[] } };
      session.cart.push('card');
      fsm.enter(Shop);
    });
    await anna.sends('/shop');
    anna.sees('In your cart: gift, card');
    await anna.taps('tea');
    await anna.sends('/shop');
    anna.sees('In your cart: gift, card, tea, card');
    expect(labels(anna.last)[0]).toEqual(['tea', 'milk']);
  });

  it('writes nothing for a scene that only reads it', async () => {
    const Reader = scene('reader', { session }).on({
      handle: ({ session, leave }) => leave(session.cart),
    });
    const { anna, bot, machine } = play(framework, [Reader]);
    bot.command('read', ({ fsm }) => fsm.enter(Reader));
    await anna.sends('/read');
    await anna.sends('text');
    expect(await machine.at({ user: anna.id }).peek()).toBeUndefined();
  });
});

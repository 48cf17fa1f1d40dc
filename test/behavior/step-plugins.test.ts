/** Plugins that keep the position of a user in the session, beside flows: the pages "From grammY" and "With your plugins". */

import { Router } from '@grammyjs/router';
import { StatelessQuestion } from '@grammyjs/stateless-question';
import { type FsmStorage, flow, memoryStorage, state, states } from '@telefsm/core';
import { FsmComposer, type FsmFlavor, fsm } from '@telefsm/grammy';
import { type SessionFlavor, session } from '@telefsm/grammy/session';
import { replying, telegram } from '@telefsm/testing';
import { Bot, type Context } from 'grammy';
import { Scene, ScenesComposer, type ScenesFlavor, type ScenesSessionData } from 'grammy-scenes';
import { describe, expect, it } from 'vitest';
import { frameworks } from './frameworks.ts';

const feedback = flow('feedback', { trigger: '/feedback' })
  .ask('text', { prompt: 'How was it?' })
  .done(({ text }) => `Noted: ${text}.`);

describe('@grammyjs/router', () => {
  const Birthday = states('Birthday', { month: state<{ day: number }>() });
  interface Data {
    step: 'idle' | 'day' | 'month';
    day?: number;
  }
  type MyContext = FsmFlavor<Context & SessionFlavor<Data>>;

  function botWith(storage: FsmStorage, moves: boolean): Bot<MyContext> {
    const bot = new Bot<MyContext>('1:test');
    const machine = fsm({ states: [Birthday, feedback], storage });
    bot.use(machine);
    bot.use(session({ initial: (): Data => ({ step: 'idle' }), machine }));
    if (moves) {
      bot.on('message', (ctx, next) => {
        if (ctx.session.step === 'month') {
          ctx.state.set(Birthday.month, { day: ctx.session.day ?? 1 });
          ctx.session.step = 'idle';
        }
        return next();
      });
    }
    bot.command('birthday', (ctx) => {
      ctx.state.clear();
      ctx.session.step = 'day';
      return ctx.reply('Which day?');
    });
    const form = new FsmComposer<MyContext>();
    form.state(Birthday.month).on('message:text', async (ctx) => {
      await ctx.reply(`The ${ctx.state.data.day} of ${ctx.msg.text}, stored as a state.`);
      ctx.state.clear();
    });
    bot.use(form);
    const router = new Router<MyContext>((ctx) => ctx.session.step);
    router.route('day').on('message:text', (ctx) => {
      ctx.session.step = 'month';
      ctx.session.day = Number(ctx.msg.text);
      if (ctx.session.day > 31) throw new Error('no such day');
      return ctx.reply('Which month?');
    });
    router.route('month').on('message:text', (ctx) => {
      ctx.session.step = 'idle';
      return ctx.reply(`The ${ctx.session.day} of ${ctx.msg.text}.`);
    });
    bot.use(router);
    bot.catch(() => {});
    return bot;
  }

  it('waits while a flow asks, stays where it was after an error, and skips a redelivery', async () => {
    const world = telegram(botWith(memoryStorage(), false));
    const anna = world.user('Anna');
    await anna.sends('/birthday');
    await anna.sends('/feedback');
    await anna.sends('Good');
    anna.sees('Noted: Good.');
    await anna.sends('40');
    anna.seesNothing();
    await anna.sends('4');
    anna.sees('Which month?');
    await world.redeliver();
    await anna.sends('July');
    anna.sees('The 4 of July.');
  });

  it('moves users in the middle of a route to the state that replaces it', async () => {
    const storage = memoryStorage();
    const world = telegram(botWith(storage, false));
    const anna = world.user('Anna');
    await anna.sends('/birthday');
    await anna.sends('4');
    await world.restart(() => botWith(storage, true));
    await anna.sends('July');
    anna.sees('The 4 of July, stored as a state.');
    await anna.sends('/birthday');
    await anna.sends('4');
    await anna.sends('/birthday');
    anna.sees('Which day?');
    await anna.sends('5');
    anna.sees('Which month?');
    await anna.sends('May');
    anna.sees('The 5 of May, stored as a state.');
  });
});

describe('grammy-scenes', () => {
  interface Data extends ScenesSessionData {
    orders: string[];
  }
  type MyContext = FsmFlavor<Context & SessionFlavor<Data> & ScenesFlavor>;

  const order = new Scene<MyContext, { what: string }>('order');
  order.step((ctx) => ctx.reply('What?'));
  order.wait('what').on('message:text', (ctx) => {
    ctx.scene.session = { what: ctx.msg.text };
    ctx.scene.resume();
  });
  order.call('count');
  order.label('ordered').step(async (ctx) => {
    ctx.session.orders.push(ctx.scene.session.what);
    await ctx.reply(`Ordered: ${ctx.session.orders.join()}.`);
  });
  const count = new Scene<MyContext>('count');
  count.step((ctx) => ctx.reply('How many?'));
  count.wait('number').on('message:text', (ctx) => {
    ctx.scene.resume();
    if (!Number(ctx.msg.text)) throw new Error('not a number');
  });

  function botWith(storage: FsmStorage): Bot<MyContext> {
    const bot = new Bot<MyContext>('1:test');
    const machine = fsm({ states: [feedback], storage });
    const scenes = new ScenesComposer<MyContext>(order, count);
    bot.use(machine);
    bot.use(session({ initial: (): Data => ({ orders: [] }), machine }));
    bot.use(scenes.manager());
    bot.command('order', (ctx) => ctx.scenes.enter('order'));
    bot.use(scenes);
    bot.catch(() => {});
    return bot;
  }

  it('keeps its scenes in the record: a flow comes between, an error is rolled back, and each update counts once', async () => {
    const storage = memoryStorage();
    const world = telegram(botWith(storage));
    const anna = world.user('Anna');
    await anna.sends('/order');
    await Promise.all([anna.sends('tea'), anna.sends('some')]);
    anna.sees('How many?');
    await world.restart(() => botWith(storage));
    await anna.sends('/feedback');
    await anna.sends('Good');
    await anna.sends('2');
    anna.sees('Ordered: tea.');
    await world.redeliver();
    anna.sees('Ordered: tea.');
    expect(world.transcript().match(/Ordered/g)).toHaveLength(1);
  });
});

describe('@grammyjs/stateless-question', () => {
  it('before the machine gets the replies to its questions while a flow waits for a text', async () => {
    const bot = new Bot<FsmFlavor<Context>>('1:test');
    const note = new StatelessQuestion<FsmFlavor<Context>>('note', async (ctx) => {
      await ctx.reply(`A note: ${ctx.message.text}`);
    });
    bot.use(note.middleware());
    bot.use(fsm({ states: [feedback] }));
    bot.command('note', (ctx) => note.replyWithHTML(ctx, 'Your note?'));
    const anna = telegram(bot).user('Anna');
    await anna.sends('/note');
    const asked = anna.last;
    await anna.sends('/feedback');
    await anna.sends(replying(asked, 'buy milk'));
    anna.sees('A note: buy milk');
    await anna.sends('Good');
    anna.sees('Noted: Good.');
  });
});

describe.each(frameworks)('a handler of replies on %s', (_, framework) => {
  it('before the machine gets them while a flow waits for a text', async () => {
    const bot = framework.bot();
    bot.use(({ ctx, text, say }, next) => {
      const { update } = ctx as { readonly update: { message?: { reply_to_message?: object } } };
      const { text: asked } = Object(update.message?.reply_to_message) as { text?: string };
      return asked === 'Your note?' ? say(`A note: ${text}`) : next();
    });
    bot.fsm({ states: [feedback] });
    bot.command('note', ({ say }) => say('Your note?'));
    const anna = telegram(bot.bot).user('Anna');
    await anna.sends('/note');
    const asked = anna.last;
    await anna.sends('/feedback');
    await anna.sends(replying(asked, 'buy milk'));
    anna.sees('A note: buy milk');
    await anna.sends('Good');
    anna.sees('Noted: Good.');
  });
});

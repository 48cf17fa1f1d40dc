/** Views beside the menu plugin of grammY: the numbers of docs/comparison-views.md. */

import { Menu } from '@grammyjs/menu';
import { scene, typed } from '@telefsm/core';
import { sqliteStorage } from '@telefsm/storage-sqlite';
import { Bot, type Context, type SessionFlavor, session } from 'grammy';
import { type Telegraf, TelegramError } from 'telegraf';
import { expect, it } from 'vitest';
import { type Framework, frameworks } from '../frameworks.ts';
import { type Call, type Peer, playMenu, Rejected } from './play.ts';

const me = { id: 1, is_bot: true, first_name: 'Bot', username: 'test_bot' } as never;

const Main = scene('main', { data: typed<{ n: number }>() }).on({
  view: ({ data: { n }, button, again, goto }) => ({
    text: `n = ${n}`,
    rows: [
      button('up', 'Up', ({ data, again }) => again({ n: data.n + 1 })),
      n === 0 && button('double', 'Double', again({ n: 10 })),
      button('fail', 'Fail', ({ state }) => {
        state.edit((draft) => void Object.assign(draft, { n: 99 }));
        throw new Error('broken');
      }),
      button('details', 'Details', goto(Details)),
    ],
  }),
});
const Details = scene('details').on({
  view: ({ button, back }) => ({ text: 'Details', rows: [button('back', 'Back', back())] }),
});
const ours = (framework: Framework): Peer => ({
  storage: () => sqliteStorage(':memory:'),
  async process(storage, call) {
    const bot = framework.bot();
    if (framework.name === 'grammY') answers(bot.bot as never, call);
    else {
      const { telegram, context } = bot.bot as never as Telegraf;
      telegram.callApi = telegrafCall(call) as never;
      // contexts make a client of their own otherwise
      Object.assign(context, { telegram });
    }
    bot.fsm({ states: [Main, Details], storage: storage as never });
    bot.command('menu', ({ fsm }) => fsm.enter(Main, { n: 0 }));
    return { handle: async (update) => void (await bot.handle(update)) };
  },
});

const telegrafCall = (call: Call) => async (method: string, payload: never) => {
  try {
    return await call(method, payload);
  } catch (error) {
    if (!(error instanceof Rejected)) throw error;
    throw new TelegramError(error, { method, payload } as never);
  }
};

/** Answers every call of a bot on grammY. */
function answers(bot: Bot, call: Call): void {
  bot.api.config.use(async (_, method, payload) => {
    try {
      return { ok: true, result: (await call(method, payload as never)) as never };
    } catch (error) {
      if (!(error instanceof Rejected)) throw error;
      const { error_code, description } = error;
      return { ok: false, error_code, description };
    }
  });
}

type Counting = Context & SessionFlavor<{ n: number }>;

/** The plugin as its documentation shows it: the numbers are in grammY's session. */
const plugin: Peer = {
  storage: () => new Map<string, string>(),
  async process(stored, call) {
    const map = stored as Map<string, string>;
    const bot = new Bot<Counting>('1:test', { botInfo: me });
    answers(bot as never, call);
    const storage = {
      read: async (key: string) => JSON.parse(map.get(key) ?? 'null') ?? undefined,
      write: async (key: string, value: unknown) => void map.set(key, JSON.stringify(value)),
      delete: async (key: string) => void map.delete(key),
    };
    bot.use(session({ initial: () => ({ n: 0 }), storage: storage as never }));
    const text = ({ session: { n } }: Counting) => `n = ${n}`;
    const change = (n: (n: number) => number) => async (ctx: Counting) => {
      ctx.session.n = n(ctx.session.n);
      await ctx.editMessageText(text(ctx));
    };
    const main = new Menu<Counting>('main').dynamic((ctx, range) => {
      range
        .text(
          'Up',
          change((n) => n + 1),
        )
        .row();
      if (ctx.session.n === 0)
        range
          .text(
            'Double',
            change(() => 10),
          )
          .row();
      range
        .text('Fail', (ctx) => {
          ctx.session.n = 99;
          throw new Error('broken');
        })
        .row();
      range.submenu('Details', 'details', (ctx) => ctx.editMessageText('Details'));
    });
    main.register(
      new Menu<Counting>('details').back('Back', (ctx) => ctx.editMessageText(text(ctx))),
    );
    bot.use(main);
    bot.command('menu', (ctx) => {
      ctx.session.n = 0;
      return ctx.reply(text(ctx), { reply_markup: main });
    });
    return { handle: (update) => bot.handleUpdate(update as never) };
  },
};

it.each(frameworks)('telefsm on %s', async (_, framework) => {
  expect(await playMenu(ours(framework))).toMatchInlineSnapshot(`
    {
      "failure": "n = 1 | Something went wrong. Please try again. (no buttons)",
      "gone": "n = 1",
      "lostEdit": "n = 2",
      "old": "n = 0 (no buttons) | n = 0",
      "processes": "n = 3",
      "race": "n = 3",
      "redelivery": "n = 2",
      "restart": "n = 1",
      "stranger": "n = 0",
      "uneditable": "n = 1",
    }
  `);
});

it('@grammyjs/menu', async () => {
  expect(await playMenu(plugin)).toMatchInlineSnapshot(`
    {
      "failure": "n = 1",
      "gone": "n = 1",
      "lostEdit": "n = 1",
      "old": "n = 1 | n = 0",
      "processes": "n = 2",
      "race": "n = 2",
      "redelivery": "n = 3",
      "restart": "n = 1",
      "stranger": "n = 1",
      "uneditable": "n = 0",
    }
  `);
});

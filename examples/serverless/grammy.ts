/** The basket as a serverless function on grammY. */

import { FsmComposer, type FsmFlavor, fsm } from '@telefsm/grammy';
import { Bot, type Context, webhookCallback } from 'grammy';
import { Basket, texts, withItem } from './basket.ts';
import { type BotFunction, requireSecret, type Settings, scheduled } from './function.ts';

const app = [Basket] as const;
type MyContext = FsmFlavor<Context, typeof app>;

/** Makes one instance, as a platform does at a cold start. */
export function makeFunction(settings: Settings): BotFunction {
  const { token, storage, apiRoot, keptFor = '10m' } = settings;
  const secret = requireSecret(settings.secret);
  const bot = new Bot<MyContext>(token, apiRoot === undefined ? {} : { client: { apiRoot } });
  const machine = fsm({
    states: app,
    storage,
    deadlines: 'on-update', // a schedule sweeps, perhaps in another instance
    onTimeout: ({ state }) => {
      state.clear();
      return texts.emptied;
    },
  });
  bot.use(machine);
  machine.connect(bot); // a sweep has no update to take the bot from

  bot.command('basket', async (ctx) => {
    ctx.state.set(Basket.open, { items: [] });
    ctx.state.expire(keptFor);
    await ctx.reply(texts.open);
  });
  const basket = new FsmComposer<MyContext>();
  basket.state(Basket.open).command('pay', async (ctx) => {
    const { items } = ctx.state.data;
    ctx.state.clear();
    await ctx.reply(texts.paid(items));
  });
  basket.state(Basket.open).on('message:text', async (ctx) => {
    const items = withItem(ctx.state.data.items, ctx.msg.text);
    if (items === undefined) return void (await ctx.reply(texts.noRoom));
    ctx.state.update({ items });
    ctx.state.expire(keptFor);
    await ctx.reply(texts.holds(items));
  });
  bot.use(basket);
  bot.on('message', (ctx) => ctx.reply(texts.howTo));

  return {
    POST: webhookCallback(bot, 'std/http', {
      secretToken: secret,
      timeoutMilliseconds: 55_000, // Telegram waits 60 s
    }),
    ...scheduled(machine, settings),
  };
}

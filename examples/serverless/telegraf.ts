/** The basket as a serverless function on Telegraf. */

import { FsmComposer, type FsmFlavor, fsm } from '@telefsm/telegraf';
import { type Context, Telegraf } from 'telegraf';
import { message } from 'telegraf/filters';
import { Basket, texts, withItem } from './basket.ts';
import { type BotFunction, requireSecret, type Settings, scheduled } from './function.ts';

const app = [Basket] as const;
type MyContext = FsmFlavor<Context, typeof app>;

/** Makes one instance, as a platform does at a cold start. */
export function makeFunction(settings: Settings): BotFunction {
  const { token, storage, apiRoot, keptFor = '10m' } = settings;
  const secret = requireSecret(settings.secret);
  const bot = new Telegraf<MyContext>(token, {
    handlerTimeout: 55_000, // Telegram waits 60 s
    ...(apiRoot !== undefined && { telegram: { apiRoot } }),
  });
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
  bot.catch((error) => {
    throw error; // to the platform, which answers 500: then Telegram sends the update again
  });

  bot.command('basket', async (ctx) => {
    ctx.fsm.set(Basket.open, { items: [] });
    ctx.fsm.expire(keptFor);
    await ctx.reply(texts.open);
  });
  const basket = new FsmComposer<MyContext>();
  basket.state(Basket.open).command('pay', async (ctx) => {
    const { items } = ctx.fsm.data;
    ctx.fsm.clear();
    await ctx.reply(texts.paid(items));
  });
  basket.state(Basket.open).on(message('text'), async (ctx) => {
    const items = withItem(ctx.fsm.data.items, ctx.message.text);
    if (items === undefined) return void (await ctx.reply(texts.noRoom));
    ctx.fsm.update({ items });
    ctx.fsm.expire(keptFor);
    await ctx.reply(texts.holds(items));
  });
  bot.use(basket);
  bot.on('message', (ctx) => ctx.reply(texts.howTo));

  return {
    // Telegraf's own webhookCallback() is for Node's request and response, and answers 200 also when a handler has failed
    POST: async (request) => {
      if (request.headers.get('x-telegram-bot-api-secret-token') !== secret) {
        return new Response('wrong secret', { status: 401 });
      }
      await bot.handleUpdate(await request.json());
      return new Response();
    },
    ...scheduled(machine, settings),
  };
}

/** grammY's session and a switch by hand; with what is recommended against lost updates. */

import { sequentialize } from '@grammyjs/runner';
import { RedisAdapter } from '@grammyjs/storage-redis';
import { InlineKeyboard, session } from 'grammy';
import { Mutex } from 'redis-semaphore';
import { grammyBot, running } from '../workload/grammy-bot.mjs';
import { countText, longByHand, raceByHand, sizes, stepByHand } from '../workload/programs.mjs';

export async function create(options) {
  const { program, variant, prefix } = options;
  const bot = grammyBot(options);
  const redis = options.storage === 'redis' ? options.redis() : undefined;
  if (variant === 'sequentialize') bot.use(sequentialize((ctx) => String(ctx.chat?.id)));
  if (variant === 'semaphore') {
    bot.use(async (ctx, next) => {
      const mutex = new Mutex(redis, `${prefix}lock:${ctx.chat.id}`, {
        lockTimeout: 5000,
        acquireTimeout: 10_000,
        retryInterval: 5,
      });
      await mutex.acquire();
      try {
        await next();
      } finally {
        await mutex.release();
      }
    });
  }
  bot.use(sessionOver(redis, prefix));
  if (program === 'dispatch') {
    bot.command('begin', (ctx) => {
      ctx.session.state = `s${options.n - 1}`;
      return ctx.reply('begun');
    });
    for (let at = 0; at < options.n; at++) {
      const id = `s${at}`;
      bot.filter(
        (ctx) => ctx.session.state === id,
        (ctx) => ctx.reply(id),
      );
    }
  } else if (program === 'press') {
    bot.command('menu', async (ctx) => {
      ctx.session = { n: 0, size: 'M' };
      await ctx.reply(countText(0), { reply_markup: menuByHand(ctx.session) });
    });
    bot.callbackQuery('n+', async (ctx) => {
      ctx.session.n++;
      await ctx.editMessageText(countText(ctx.session.n), {
        reply_markup: menuByHand(ctx.session),
      });
      await ctx.answerCallbackQuery();
    });
  } else {
    bot.on('message:text', async (ctx) => {
      const { text } = ctx.msg;
      if (program === 'race') await ctx.reply(await raceByHand(ctx.session, text, options));
      else {
        const step = program === 'long' ? longByHand : stepByHand;
        await ctx.reply(step(ctx.session, text));
      }
    });
  }
  return running(bot, () => redis?.disconnect());
}

function menuByHand({ n, size }) {
  const keyboard = new InlineKeyboard();
  keyboard.text('−', 'n-').text(String(n), ' ').text('+', 'n+').row();
  for (const each of sizes) keyboard.text(`${each === size ? '●' : '○'} ${each}`, `size=${each}`);
  return keyboard
    .row()
    .text('Help', 'help')
    .text('Order', 'order')
    .row()
    .text('Start again', 'again');
}

/** The session plugin, in memory or over a Redis client. */
export function sessionOver(redis, prefix) {
  if (redis === undefined) return session({ initial: () => ({}) });
  return session({
    initial: () => ({}),
    storage: new RedisAdapter({ instance: redis }),
    getSessionKey: (ctx) => prefix + ctx.chat.id,
  });
}

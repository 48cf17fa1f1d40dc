/** Telegraf's session and a switch by hand. */

import { Composer, session } from 'telegraf';
import { longByHand, raceByHand, stepByHand } from '../workload/programs.mjs';
import { running, telegrafBot } from '../workload/telegraf-bot.mjs';

export async function create(options) {
  const { program } = options;
  const bot = telegrafBot(options);
  const redis = options.storage === 'redis' ? options.redis() : undefined;
  const store = redis && redisStore(redis, options.prefix);
  bot.use(session({ defaultSession: () => ({}), ...(store && { store }) }));
  if (program === 'dispatch') {
    bot.command('begin', (ctx) => {
      ctx.session.state = `s${options.n - 1}`;
      return ctx.reply('begun');
    });
    for (let at = 0; at < options.n; at++) {
      const id = `s${at}`;
      bot.use(
        Composer.optional(
          (ctx) => ctx.session.state === id,
          (ctx) => ctx.reply(id),
        ),
      );
    }
  } else {
    bot.on('message', async (ctx) => {
      const { text } = ctx.message;
      if (program === 'race') await ctx.reply(await raceByHand(ctx.session, text, options));
      else {
        const step = program === 'long' ? longByHand : stepByHand;
        await ctx.reply(step(ctx.session, text));
      }
    });
  }
  return running(bot, () => redis?.disconnect());
}

/** A store of Telegraf's session over `ioredis`, as `@telegraf/session` has it for another client. */
export function redisStore(redis, prefix) {
  return {
    async get(key) {
      const text = await redis.get(prefix + key);
      return text ? JSON.parse(text) : undefined;
    },
    set: (key, value) => redis.set(prefix + key, JSON.stringify(value)),
    delete: (key) => redis.del(prefix + key),
  };
}

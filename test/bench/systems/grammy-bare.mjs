/** grammY alone: what one update costs before anything is remembered. */

import { grammyBot, running } from '../workload/grammy-bot.mjs';

export async function create(options) {
  const bot = grammyBot(options);
  bot.on('message', (ctx) => ctx.reply('ok'));
  return running(bot);
}

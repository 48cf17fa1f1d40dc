/** Telegraf alone: what one update costs before anything is remembered. */

import { running, telegrafBot } from '../workload/telegraf-bot.mjs';

export async function create(options) {
  const bot = telegrafBot(options);
  bot.on('message', (ctx) => ctx.reply('ok'));
  return running(bot);
}

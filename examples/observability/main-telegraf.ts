/** Runs the bot on Telegraf: `BOT_TOKEN=… npm run start:telegraf`. */

import { Telegraf } from 'telegraf';
import { type MyContext, setUp } from './telegraf.ts';
import { observe, tracer } from './telemetry.ts';

const { BOT_TOKEN } = process.env;
if (!BOT_TOKEN) throw new Error('Set BOT_TOKEN to the token that @BotFather gave you.');

const bot = new Telegraf<MyContext>(BOT_TOKEN);
const machine = setUp(bot, tracer);
const end = observe(machine);
machine.start(bot); // timeouts
process.once('SIGINT', async () => {
  bot.stop();
  await machine.stop();
  await end();
});
await bot.launch();

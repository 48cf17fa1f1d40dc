/** Runs the bot on grammY: `BOT_TOKEN=… npm start`. */

import { Bot } from 'grammy';
import { type MyContext, setUp } from './grammy.ts';
import { observe, tracer } from './telemetry.ts';

const { BOT_TOKEN } = process.env;
if (!BOT_TOKEN) throw new Error('Set BOT_TOKEN to the token that @BotFather gave you.');

const bot = new Bot<MyContext>(BOT_TOKEN);
const machine = setUp(bot, tracer);
const end = observe(machine);
machine.start(bot); // timeouts
process.once('SIGINT', async () => {
  await bot.stop();
  await machine.stop();
  await end();
});
await bot.start();

/** Runs the bot on grammY: `BOT_TOKEN=… npm start`. */

import { Bot } from 'grammy';
import { type MyContext, setUp } from './grammy.ts';

const { BOT_TOKEN } = process.env;
if (!BOT_TOKEN) throw new Error('Set BOT_TOKEN to the token that @BotFather gave you.');

const bot = new Bot<MyContext>(BOT_TOKEN);
const machine = setUp(bot);
machine.start(bot); // timeouts
process.once('SIGINT', () => {
  void machine.stop();
  void bot.stop();
});
await bot.start();

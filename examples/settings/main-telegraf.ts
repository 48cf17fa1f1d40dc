/** Runs the bot on Telegraf: `BOT_TOKEN=… npm run start:telegraf`. */

import { Telegraf } from 'telegraf';
import { type MyContext, setUp } from './telegraf.ts';

const { BOT_TOKEN } = process.env;
if (!BOT_TOKEN) throw new Error('Set BOT_TOKEN to the token that @BotFather gave you.');

const bot = new Telegraf<MyContext>(BOT_TOKEN);
const machine = setUp(bot);
machine.start(bot); // timeouts
process.once('SIGINT', () => {
  void machine.stop();
  void bot.stop();
});
await bot.launch();

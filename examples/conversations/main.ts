import { Bot } from 'grammy';
import { setUp } from './after.ts';
import type { MyContext } from './order.ts';

const { BOT_TOKEN } = process.env;
if (BOT_TOKEN === undefined)
  throw new Error('Set BOT_TOKEN to the token that @BotFather gave you.');
const bot = new Bot<MyContext>(BOT_TOKEN);
setUp(bot);
await bot.start();

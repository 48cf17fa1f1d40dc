import { Bot } from 'grammy';
import { Redis } from 'ioredis';
import { after, type MyContext } from './grammy.ts';

const { BOT_TOKEN, REDIS_URL = 'redis://127.0.0.1:6379' } = process.env;
if (BOT_TOKEN === undefined)
  throw new Error('Set BOT_TOKEN to the token that @BotFather gave you.');
const bot = new Bot<MyContext>(BOT_TOKEN);
after(bot, new Redis(REDIS_URL));
await bot.start();

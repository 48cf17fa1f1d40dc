import { createClient } from 'redis';
import { Telegraf } from 'telegraf';
import { after, type MyContext, openStore } from './telegraf.ts';

const { BOT_TOKEN, REDIS_URL = 'redis://127.0.0.1:6379' } = process.env;
if (BOT_TOKEN === undefined)
  throw new Error('Set BOT_TOKEN to the token that @BotFather gave you.');
const client = createClient({ url: REDIS_URL });
await client.connect();
const bot = new Telegraf<MyContext>(BOT_TOKEN);
after(bot, openStore(createClient({ url: REDIS_URL })), client);
process.once('SIGINT', () => bot.stop('SIGINT'));
process.once('SIGTERM', () => bot.stop('SIGTERM'));
await bot.launch();

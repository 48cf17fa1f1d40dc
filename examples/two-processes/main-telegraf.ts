/** One process of the bot on Telegraf. Start several behind a load balancer: `BOT_TOKEN=… WEBHOOK_SECRET=… PORT=… npm run start:telegraf`. */

import { redisStorage } from '@telefsm/storage-redis';
import { Redis } from 'ioredis';
import { Telegraf } from 'telegraf';
import { listen } from './server.ts';
import { readSettings } from './settings.ts';
import { type MyContext, setUp } from './telegraf.ts';

const { token, secret, redis, prefix, apiRoot } = readSettings(process.env);
const client = new Redis(redis);
const bot = new Telegraf<MyContext>(token, apiRoot === undefined ? {} : { telegram: { apiRoot } });
const machine = setUp(bot, { storage: redisStorage(client, { prefix }) });
machine.start(bot); // timeouts
bot.catch((error) => {
  throw error; // answered with 500, so Telegram sends the update again
});
// Telegraf's own webhookCallback() answers 200 even if a handler fails.
const handle = async (request: Request) => {
  if (request.headers.get('x-telegram-bot-api-secret-token') !== secret) {
    return new Response('wrong secret', { status: 401 });
  }
  await bot.handleUpdate(await request.json());
  return new Response();
};
await listen(handle, async () => {
  await machine.stop();
  client.disconnect();
});

/** One process of the bot on grammY. Start several behind a load balancer: `BOT_TOKEN=… WEBHOOK_SECRET=… PORT=… npm start`. */

import { redisStorage } from '@telefsm/storage-redis';
import { Bot, webhookCallback } from 'grammy';
import { Redis } from 'ioredis';
import { type MyContext, setUp } from './grammy.ts';
import { listen } from './server.ts';
import { readSettings } from './settings.ts';

const { token, secret, redis, prefix, apiRoot } = readSettings(process.env);
const client = new Redis(redis);
const bot = new Bot<MyContext>(token, apiRoot === undefined ? {} : { client: { apiRoot } });
const machine = setUp(bot, { storage: redisStorage(client, { prefix }) });
machine.start(bot); // timeouts
await listen(webhookCallback(bot, 'std/http', { secretToken: secret }), async () => {
  await machine.stop();
  client.disconnect();
});

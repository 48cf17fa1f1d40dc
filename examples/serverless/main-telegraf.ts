/** Runs the Telegraf function as a server on this machine: `BOT_TOKEN=… WEBHOOK_SECRET=… npm run start:telegraf`. */

import { redisStorage } from '@telefsm/storage-redis';
import { Redis } from 'ioredis';
import { serve } from 'srvx';
import { makeFunction } from './telegraf.ts';

const { BOT_TOKEN, WEBHOOK_SECRET, REDIS_URL = 'redis://127.0.0.1:6379' } = process.env;
if (!BOT_TOKEN) throw new Error('Set BOT_TOKEN to the token that @BotFather gave you.');

const { POST, GET } = makeFunction({
  token: BOT_TOKEN,
  secret: WEBHOOK_SECRET,
  storage: redisStorage(new Redis(REDIS_URL)),
});
serve({ fetch: (request) => (request.method === 'GET' ? GET(request) : POST(request)) });

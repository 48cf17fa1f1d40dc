/** The assistant on telefsm, as a process of its own behind a webhook. */

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type FsmFlavor, fsm, scene } from '@telefsm/grammy';
import { redisStorage } from '@telefsm/storage-redis';
import { Bot, type Context, webhookCallback } from 'grammy';
import { Redis } from 'ioredis';
import { answerTo, type Job, say } from './model.ts';

const job = JSON.parse(process.argv[2] ?? '') as Job;

// its first message, "hello", enters the scene
const Assistant = scene('assistant').on({
  enter: () => 'Hello.',
  handle: async ({ input, signal, stream }) => {
    await stream(answerTo(input.text.replaceAll('\n', ' '), signal));
  },
});

const bot = new Bot<FsmFlavor<Context>>(job.token, { client: { apiRoot: job.api } });
const machine = fsm({
  states: [Assistant],
  initial: Assistant,
  storage: redisStorage(new Redis({ port: job.redis.port }), { prefix: job.redis.prefix }),
  ...(job.best && { waiting: { burst: '1s', interrupt: ['stop'] } }),
});
bot.use(machine);
bot.command('stop', (ctx) => ctx.reply('Stopped.'));
await bot.init();
machine.start(bot);

const handle = webhookCallback(bot, 'http', { timeoutMilliseconds: 55_000 });
const server = createServer((request, response) => {
  handle(request, response).catch(() => response.writeHead(500).end());
});
server.listen(0, '127.0.0.1', () => say({ port: (server.address() as AddressInfo).port }));
process.on('disconnect', () => process.exit());

/** The same assistant on the Chat SDK, as its documentation writes it. */

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createRedisState } from '@chat-adapter/state-redis';
import { createTelegramAdapter } from '@chat-adapter/telegram';
import { type Adapter, Chat, ConsoleLogger } from 'chat';
import { answerTo, type Job, say } from './model.ts';

const job = JSON.parse(process.argv[2] ?? '') as Job;

const logger = new ConsoleLogger('silent');
const telegram = createTelegramAdapter({
  botToken: job.token,
  apiUrl: job.api,
  mode: 'webhook',
  allowUnverifiedWebhooks: true,
  logger,
  ...(job.best && { nativeStreaming: true }),
});
const bot = new Chat({
  userName: 'assistant',
  // its types are not made for `exactOptionalPropertyTypes`
  adapters: { telegram: telegram as Adapter },
  state: createRedisState({
    url: `redis://127.0.0.1:${job.redis.port}`,
    keyPrefix: job.redis.prefix,
  }),
  logger,
  ...(job.best && { concurrency: { strategy: 'burst', debounceMs: 1000, maxQueueSize: 100 } }),
});
bot.onDirectMessage(async (thread, message, _channel, context) => {
  if (message.text === 'hello') return void (await thread.post('Hello.'));
  const messages = [...(context?.skipped ?? []), message];
  await thread.post(answerTo(messages.map(({ text }) => text).join(' '), thread.signal));
});
bot.onSlashCommand('/stop', async ({ channel }) => {
  await bot.abortTurn(channel.id);
  await channel.post('Stopped.');
});
await bot.initialize();

const server = createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  const answer = await telegram.handleWebhook(new Request('http://bot/', { method: 'POST', body }));
  response.writeHead(answer.status).end(await answer.text());
});
server.listen(0, '127.0.0.1', () => say({ port: (server.address() as AddressInfo).port }));
// a handler that fails is logged, as a process manager would have it
process.on('unhandledRejection', () => {});
process.on('disconnect', () => process.exit());

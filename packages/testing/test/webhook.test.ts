import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Bot, webhookCallback } from 'grammy';
import { Telegraf } from 'telegraf';
import { afterEach, describe, expect, it } from 'vitest';
import { settle } from '../src/event-loop.ts';
import {
  type BotApiServer,
  botApiServer,
  sampleUpdate,
  telegram,
  type VirtualClock,
  virtualClock,
} from '../src/index.ts';
import { call } from './bot-api.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function listen(
  handler: (request: IncomingMessage, response: ServerResponse) => unknown,
): Promise<string> {
  const server: Server = createServer(
    (request, response) => void handler(request, response),
  ).listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.push(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as { port: number }).port}/`;
}

interface Arrival {
  readonly id: number;
  /** Seconds since the test began, on the virtual clock. */
  readonly at: number;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** A webhook that answers only when the test says so. */
async function hookOn(
  clock: VirtualClock,
  settings: object = {},
): Promise<{ readonly server: BotApiServer; readonly arrivals: Arrival[]; readonly url: string }> {
  const began = clock.now();
  const server = await botApiServer({ clock, updateId: 1 });
  closing.push(() => server.stop());
  const arrivals: Arrival[] = [];
  const url = await listen(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { update_id: id } = JSON.parse(Buffer.concat(chunks).toString()) as { update_id: number };
    arrivals.push({ id, at: (clock.now() - began) / 1000, request, response });
  });
  await call(server.url, 'setWebhook', { url, ...settings });
  return { server, arrivals, url };
}

/** Waits until so many requests have come in. */
async function until(arrivals: readonly Arrival[], count: number): Promise<readonly number[]> {
  while (arrivals.length < count) await settle(() => arrivals.length >= count);
  await settle();
  return arrivals.map(({ id }) => id);
}

const say = (server: BotApiServer, user: string, text: string) => {
  void server.user(user).sends(text);
};

describe('webhooks', () => {
  it('come with the secret token, and reject a token with odd characters', async () => {
    const { server, arrivals } = await hookOn(virtualClock(), { secret_token: 's3cret_-' });
    say(server, 'Anna', 'hi');
    await until(arrivals, 1);
    expect(arrivals[0]?.request.headers['x-telegram-bot-api-secret-token']).toBe('s3cret_-');
    expect(
      (await call(server.url, 'setWebhook', { url: 'http://127.0.0.1:1/', secret_token: 'a b' }))
        .error_code,
    ).toBe(400);
  });

  it('send the next message of a chat only after the former was answered with 2xx; other chats and presses continue', async () => {
    const { server, arrivals } = await hookOn(virtualClock());
    say(server, 'Anna', 'one');
    say(server, 'Anna', 'two');
    say(server, 'Ben', 'three');
    void server.update(sampleUpdate('callback_query', {}, 4));
    void server.update(sampleUpdate('callback_query', { id: 'callback-2' }, 5));
    expect([...(await until(arrivals, 3))].sort()).toEqual([1, 3, 4]);
    arrivals
      .find(({ id }) => id === 1)
      ?.response.writeHead(204)
      .end();
    expect((await until(arrivals, 4)).at(-1)).toBe(2);
    arrivals.find(({ id }) => id === 4)?.response.end();
    expect((await until(arrivals, 5)).at(-1)).toBe(5);
  });

  it('repeat a failed update at once, then after 2, 4, 8 … s, at most every minute, before anything else of its chat', async () => {
    const clock = virtualClock();
    const { server, arrivals } = await hookOn(clock);
    say(server, 'Anna', 'one');
    say(server, 'Anna', 'two');
    for (let count = 1; count <= 9; count++) {
      await until(arrivals, count);
      arrivals[count - 1]?.response.writeHead(500).end();
      await settle();
      if (count > 1) await clock.advance(`${Math.min(2 ** (count - 1), 60)}s`);
    }
    await until(arrivals, 10);
    expect(arrivals.map(({ id }) => id)).toEqual(Array(10).fill(1));
    expect(arrivals.map(({ at }) => at)).toEqual([0, 0, 2, 6, 14, 30, 62, 122, 182, 242]);
    arrivals.at(-1)?.response.end();
    expect((await until(arrivals, 11)).at(-1)).toBe(2);
    const { result } = await call(server.url, 'getWebhookInfo');
    expect(result).toMatchObject({
      pending_update_count: 1,
      last_error_message: 'Wrong response from the webhook: 500 Internal Server Error',
    });
  });

  it('wait for the time of Retry-After', async () => {
    const clock = virtualClock();
    const { server, arrivals } = await hookOn(clock);
    say(server, 'Anna', 'one');
    await until(arrivals, 1);
    arrivals[0]?.response.writeHead(429, { 'retry-after': '7' }).end();
    await settle();
    await clock.advance('6s');
    expect(arrivals).toHaveLength(1);
    await clock.advance('1s');
    await until(arrivals, 2);
    expect(arrivals[1]?.at).toBe(7);
  });

  it('are cut after 60 s and repeated', async () => {
    const clock = virtualClock();
    const { server, arrivals } = await hookOn(clock);
    say(server, 'Anna', 'one');
    await until(arrivals, 1);
    const cut = once(arrivals[0]?.response as ServerResponse, 'close');
    await clock.advance('59s');
    expect(arrivals).toHaveLength(1);
    await clock.advance('1s');
    await cut;
    expect(await until(arrivals, 2)).toEqual([1, 1]);
    const { result } = await call(server.url, 'getWebhookInfo');
    expect(result).toMatchObject({ last_error_message: 'Read timeout expired' });
  });

  it('give an update up when its time is over, and continue with the next', async () => {
    const clock = virtualClock();
    const { server, arrivals } = await hookOn(clock);
    const lost = server.update(sampleUpdate('callback_query', {}, 8));
    void server.update(sampleUpdate('callback_query', { id: 'callback-2' }, 9));
    await until(arrivals, 1);
    arrivals[0]?.response.writeHead(500, { 'retry-after': '140' }).end();
    await settle();
    await clock.advance('140s');
    expect(await until(arrivals, 2)).toEqual([8, 8]);
    void server.update(sampleUpdate('callback_query', { id: 'callback-3' }, 10));
    arrivals[1]?.response.writeHead(500, { 'retry-after': '600' }).end();
    await settle();
    await clock.advance('10s');
    await lost;
    expect(await until(arrivals, 3)).toEqual([8, 8, 10]);
    expect(server.pending.map(({ update_id }) => update_id)).toEqual([10]);
  });

  it('carry out a call in the answer', async () => {
    const { server, arrivals } = await hookOn(virtualClock());
    const anna = server.user('Anna');
    const sending = anna.sends('hi');
    await until(arrivals, 1);
    const reply = { method: 'sendMessage', chat_id: anna.id, text: 'by the answer' };
    arrivals[0]?.response
      .writeHead(200, { 'content-type': 'application/json' })
      .end(JSON.stringify(reply));
    await sending;
    anna.sees('by the answer');
  });

  it('pass to long polling what they have not delivered, or drop it', async () => {
    const { server, arrivals, url } = await hookOn(virtualClock());
    say(server, 'Anna', 'one');
    await until(arrivals, 1);
    await call(server.url, 'deleteWebhook');
    expect((await call(server.url, 'getUpdates')).result).toMatchObject([{ update_id: 1 }]);
    await call(server.url, 'setWebhook', { url, drop_pending_updates: true });
    expect(server.pending).toEqual([]);
  });

  it('open no more connections than allowed', async () => {
    const { server, arrivals } = await hookOn(virtualClock(), { max_connections: 2 });
    for (const name of ['Anna', 'Ben', 'Carl']) say(server, name, 'hi');
    await until(arrivals, 2);
    expect(arrivals).toHaveLength(2);
    arrivals[0]?.response.end();
    expect(await until(arrivals, 3)).toEqual([1, 2, 3]);
  });
});

describe('webhooks of unmodified bots', () => {
  it("grammY's webhookCallback answers, also in the response", async () => {
    const server = await botApiServer();
    closing.push(() => server.stop());
    const bot = new Bot('42:T', {
      client: { apiRoot: server.url, canUseWebhookReply: (method) => method === 'sendMessage' },
    });
    bot.on('message:text', (ctx) => ctx.reply(`You wrote ${ctx.message.text}`));
    const url = await listen(webhookCallback(bot, 'http', { secretToken: 'abc' }));
    await bot.api.setWebhook(url, { secret_token: 'abc' });
    const anna = server.user('Anna');
    await anna.sends('hi');
    anna.sees('You wrote hi');
    expect(server.pending).toEqual([]);
  });

  it("Telegraf's webhookCallback answers", async () => {
    const server = await botApiServer();
    closing.push(() => server.stop());
    const bot = new Telegraf('42:T', { telegram: { apiRoot: server.url } });
    bot.on('text', (ctx) => ctx.reply(`You wrote ${ctx.message.text}`));
    const url = await listen(bot.webhookCallback('/', { secretToken: 'abc' }));
    await bot.telegram.setWebhook(url, { secret_token: 'abc' });
    const anna = server.user('Anna');
    await anna.sends('hi');
    anna.sees('You wrote hi');
  });

  it('the chat driver drives a webhook handler of your own', async () => {
    const bot = new Bot('42:T');
    bot.on('message:text', (ctx) => ctx.reply(`You wrote ${ctx.message.text}`));
    const world = telegram(bot, {
      via: 'webhook',
      webhook: { handler: webhookCallback(bot, 'http', { secretToken: 'abc' }), secret: 'abc' },
    });
    closing.push(() => world.stop());
    const anna = world.user('Anna');
    await anna.sends('hi');
    anna.sees('You wrote hi');
  });

  it('a handler that throws gets the update again', async () => {
    const clock = virtualClock();
    let calls = 0;
    const bot = new Bot('42:T');
    bot.on('message:text', async (ctx) => {
      calls += 1;
      if (calls === 1) throw new Error('only once');
      await ctx.reply(`Got it at attempt ${calls}`);
    });
    const world = telegram(bot, { via: 'webhook', clock });
    closing.push(() => world.stop());
    const anna = world.user('Anna');
    await expect(anna.sends('hi')).rejects.toThrow('only once');
    await anna.sends('next');
    anna.sees('Got it at attempt 3');
    expect(world.transcript()).toContain('Bot: Got it at attempt 2');
  });
});

import { once } from 'node:events';
import { createServer, request } from 'node:http';
import fc from 'fast-check';
import { Bot } from 'grammy';
import { Telegraf } from 'telegraf';
import { afterEach, describe, expect, it } from 'vitest';
import {
  type BotApiServer,
  type BotApiServerOptions,
  botApiServer,
  optInUpdateTypes,
  sampleUpdate,
  type updateTypes,
  virtualClock,
} from '../src/index.ts';
import { call, poll } from './bot-api.ts';

const opened: BotApiServer[] = [];
afterEach(async () => {
  for (const server of opened.splice(0)) await server.stop();
});
const open = async (options?: BotApiServerOptions): Promise<BotApiServer> => {
  const server = await botApiServer({ updateId: 1, ...options });
  opened.push(server);
  return server;
};

describe('long polling', () => {
  it('hands out what is not confirmed, again and again, until an offset confirms it', async () => {
    const server = await open({ updateId: 10 });
    const anna = server.user('Anna');
    const first = anna.sends('a');
    const second = anna.sends('b');
    expect(await poll(server.url)).toEqual([10, 11]);
    expect(await poll(server.url, { offset: 10 })).toEqual([10, 11]);
    expect(await poll(server.url, { offset: 11, limit: 1 })).toEqual([11]);
    await first;
    expect(await poll(server.url, { offset: 12 })).toEqual([]);
    await second;
    expect(server.pending).toEqual([]);
  });

  it('never loses or repeats an update that a careful poller has not confirmed', async () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('send' as const), count: fc.integer({ min: 1, max: 4 }) }),
      fc.record({
        kind: fc.constant('poll' as const),
        limit: fc.integer({ min: 1, max: 3 }),
        confirms: fc.boolean(),
      }),
      fc.record({ kind: fc.constant('jump' as const) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 7 }), async (steps) => {
        const server = await botApiServer({ updateId: 100 });
        try {
          const sent: number[] = [];
          const handled: number[] = [];
          const bases = [50_000, 1_000, 90_000, 20_000, 70_000, 300, 5_000].values();
          let offset = 0;
          const fetchOnce = async (limit: number, confirms: boolean): Promise<void> => {
            const ids = await poll(server.url, { offset, limit });
            // A poller that dies here asks again with the offset it had: it must get the same.
            if (!confirms) expect(await poll(server.url, { offset, limit })).toEqual(ids);
            handled.push(...ids);
            const last = ids.at(-1);
            if (last !== undefined) offset = last + 1;
          };
          for (const each of steps) {
            if (each.kind === 'send') {
              for (let count = 0; count < each.count; count++) {
                void server.user('Anna').sends('hi');
                sent.push(server.updates.at(-1)?.update_id as number);
              }
            } else if (each.kind === 'poll') await fetchOnce(each.limit, each.confirms);
            else {
              while (handled.length < sent.length) await fetchOnce(3, true);
              expect(await poll(server.url, { offset })).toEqual([]);
              server.countsFrom(bases.next().value as number);
            }
          }
          for (let more = 0; more < 40 && handled.length < sent.length; more++)
            await fetchOnce(3, true);
          expect(handled).toEqual(sent);
        } finally {
          await server.stop();
        }
      }),
      { numRuns: 25 },
    );
  });

  it('holds a request until something comes, or until its time is over', async () => {
    const clock = virtualClock();
    const server = await open({ clock });
    const early = poll(server.url, { timeout: 30 });
    void server.user('Anna').sends('hi');
    expect(await early).toEqual([1]);
    let answered = false;
    const late = poll(server.url, { timeout: 30, offset: 2 }).then((ids) => {
      answered = true;
      return ids;
    });
    await clock.advance('29s');
    expect(answered).toBe(false);
    await clock.advance('1s');
    expect(await late).toEqual([]);
  });

  it('gives the last ones for a negative offset, and forgets those before', async () => {
    const server = await open();
    const sending = [1, 2, 3].map((text) => server.user('Anna').sends(String(text)));
    expect(await poll(server.url, { offset: -1 })).toEqual([3]);
    expect(await poll(server.url)).toEqual([3]);
    await Promise.all(sending.slice(0, 2));
  });

  it('ends the older of two pollers with 409', async () => {
    const server = await open();
    const older = call(server.url, 'getUpdates', { timeout: 50 });
    let ended = false;
    void older.then(() => {
      ended = true;
    });
    // Which of two requests arrives first is up to the sockets: ask until the first one was there before.
    while (!ended) expect((await call(server.url, 'getUpdates')).ok).toBe(true);
    const { ok, error_code, description } = await older;
    expect({ ok, error_code }).toEqual({ ok: false, error_code: 409 });
    expect(description).toMatch(/^Conflict: terminated by other getUpdates request/);
  });

  it('rejects getUpdates with 409 while a webhook is set, and setWebhook ends a poller', async () => {
    const server = await open();
    const hook = createServer((_, response) => response.end()).listen(0, '127.0.0.1');
    await once(hook, 'listening');
    const { port } = hook.address() as { port: number };
    const held = call(server.url, 'getUpdates', { timeout: 50 });
    await call(server.url, 'setWebhook', { url: `http://127.0.0.1:${port}/` });
    const refused = await call(server.url, 'getUpdates');
    expect([refused.error_code, refused.description]).toEqual([
      409,
      expect.stringMatching(/while webhook is active/),
    ]);
    expect((await held).error_code).toBe(409);
    await call(server.url, 'deleteWebhook');
    expect((await call(server.url, 'getUpdates')).ok).toBe(true);
    hook.close();
    hook.closeAllConnections();
  });

  it('brings rare types only to bots that ask, from then on', async () => {
    const server = await open();
    const body = (type: (typeof updateTypes)[number], id: number) =>
      server.update(sampleUpdate(type, {}, id));
    await Promise.all(optInUpdateTypes.map((type, index) => body(type, index + 1)));
    expect(await poll(server.url, { allowed_updates: ['message', 'message_reaction'] })).toEqual(
      [],
    );
    void body('message_reaction', 20);
    await body('callback_query', 21);
    expect(await poll(server.url)).toEqual([20]);
    expect(await poll(server.url, { offset: 21, allowed_updates: [] })).toEqual([]);
    void body('callback_query', 22);
    await body('message_reaction', 23);
    expect(await poll(server.url)).toEqual([22]);
  });

  it('gives updates up when their time is over: messages after a day, presses after 150 s, inline queries after 30 s', async () => {
    const clock = virtualClock();
    const server = await open({ clock });
    const message = server.update(sampleUpdate('message', {}, 1));
    const press = server.update(sampleUpdate('callback_query', {}, 2));
    const query = server.update(sampleUpdate('inline_query', {}, 3));
    await clock.advance('31s');
    expect(await poll(server.url)).toEqual([1, 2]);
    await query;
    await clock.advance('2m');
    expect(await poll(server.url)).toEqual([1]);
    await press;
    await clock.advance('24h');
    expect(await poll(server.url)).toEqual([]);
    await message;
  });

  it('numbers updates in sequence, and anew after a quiet week, the same way in every run', async () => {
    const clock = virtualClock();
    const server = await open({ clock, updateId: 500 });
    void server.user('Anna').sends('a');
    await clock.advance('6d');
    void server.user('Anna').sends('b');
    await clock.advance('7d');
    void server.user('Anna').sends('c');
    void server.user('Anna').sends('d');
    const [a, b, c, d] = server.updates.map(({ update_id }) => update_id);
    expect([a, b]).toEqual([500, 501]);
    expect(c).not.toBe(502);
    expect(d).toBe((c as number) + 1);
  });
});

describe('web pages', () => {
  it.each([
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { host: 'evil.example:80' },
  ])('with %o can do nothing', async (headers) => {
    const server = await open({ token: '1:T' });
    const { port } = new URL(server.url);
    const status = await new Promise((resolve, reject) => {
      const path = '/bot1:T/setWebhook?url=https://evil.example/';
      request({ port, host: '127.0.0.1', path, method: 'POST', headers }, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
        .on('error', reject)
        .end();
    });
    expect(status).toBe(403);
    const info = await call(server.url, 'getWebhookInfo');
    expect(info.result).toMatchObject({ url: '' });
  });
});

describe('unmodified bots', () => {
  it('grammY polls, answers and confirms', async () => {
    const server = await open({ updateId: 7 });
    const bot = new Bot('42:T', { client: { apiRoot: server.url } });
    bot.on('message:text', (ctx) => ctx.reply(`You wrote ${ctx.message.text} to ${ctx.me.id}`));
    const running = bot.start();
    const anna = server.user('Anna');
    await anna.sends('hi');
    anna.sees('You wrote hi to 42');
    await bot.stop();
    await running;
    expect(server.pending).toEqual([]);
  });

  it('Telegraf polls, answers and confirms', async () => {
    const server = await open({ updateId: 7 });
    const bot = new Telegraf('42:T', { telegram: { apiRoot: server.url } });
    bot.on('text', (ctx) => ctx.reply(`You wrote ${ctx.message.text} to ${ctx.botInfo.id}`));
    const running = bot.launch();
    const anna = server.user('Anna');
    await anna.sends('hi');
    anna.sees('You wrote hi to 42');
    bot.stop();
    await running;
    expect(server.pending).toEqual([]);
  });
});

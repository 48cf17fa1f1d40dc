import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import { type Conversation, conversations, createConversation } from '@grammyjs/conversations';
import { Api, Bot, type Context, InputFile } from 'grammy';
import { Telegraf, Telegram } from 'telegraf';
import { afterEach, describe, expect, it } from 'vitest';
import { type BotWorld, botApiServer, document, photo, telegram } from '../src/index.ts';
import { poll } from './bot-api.ts';

const transports = ['process', 'polling', 'webhook'] as const;
let world: BotWorld | undefined;
afterEach(() => world?.stop());

describe.each(transports)('clients that a bot makes by itself, by %s', (via) => {
  it('@grammyjs/conversations talks through its own Api', async () => {
    type MyContext = Context & { conversation: { enter(name: string): Promise<void> } };
    const bot = new Bot<MyContext>('71:conversation');
    bot.use(conversations() as never);
    async function greet(conversation: Conversation, ctx: Context): Promise<void> {
      await ctx.reply('What is your name?');
      const { message } = await conversation.waitFor('message:text');
      await ctx.reply(`Hello, ${message.text}!`);
    }
    bot.use(createConversation(greet) as never);
    bot.command('start', (ctx) => ctx.conversation.enter('greet'));
    world = telegram(bot, { via });
    const anna = world.user('Anna');
    await anna.sends('/start');
    anna.sees('What is your name?');
    await anna.sends('Anna');
    anna.sees('Hello, Anna!');
    expect(world.calls.filter(({ method }) => method === 'sendMessage')).toHaveLength(2);
  });

  it('grammY: a new Api reaches the fake Telegram, files and rejections included', async () => {
    const bot = new Bot('72:own');
    const outcomes: unknown[] = [];
    bot.on('message:document', async (ctx) => {
      const elsewhere = new Api(bot.token, { apiRoot: 'https://bot-api.example.com/prefix' });
      for (const api of [new Api(bot.token), elsewhere]) {
        await api.sendDocument(ctx.chat.id, new InputFile(Buffer.from('abc'), 'a.txt'));
        await api.sendMessage(99, 'x').catch((error) => outcomes.push(error.description));
      }
      const { file_path } = await ctx.getFile();
      const address = `https://api.telegram.org/file/bot${bot.token}/${file_path}`;
      outcomes.push(await (await fetch(address)).text());
      outcomes.push(await downloaded(address));
    });
    world = telegram(bot, { via });
    await world.user('Anna').sends(document({ bytes: new TextEncoder().encode('bytes') }));
    const refused = 'Bad Request: chat not found';
    expect(outcomes).toEqual([refused, refused, 'bytes', 'bytes']);
    expect(world.transcript().match(/^Bot: \[document\]/gm)).toHaveLength(2);
  });

  it('Telegraf: a new Telegram reaches the fake Telegram, rejections included', async () => {
    const token = '73:own';
    const bot = new Telegraf(token);
    const outcomes: unknown[] = [];
    bot.on('photo', async (ctx) => {
      const elsewhere = new Telegram(token, { apiRoot: 'https://bot-api.example.com' });
      const photoId = ctx.message.photo[0]?.file_id as string;
      for (const client of [new Telegram(token), elsewhere]) {
        await client.sendPhoto(ctx.chat.id, photoId);
        await client.sendMessage(99, 'x').catch((error) => outcomes.push(error.description));
      }
      const link = await ctx.telegram.getFileLink(photoId);
      outcomes.push(new URL(link).pathname.startsWith(`/file/bot${token}/`));
      outcomes.push(
        (await downloaded(String(link).replace(/^http:.*?\/file/, 'https://api.telegram.org/file')))
          .length,
      );
    });
    world = telegram(bot, { via });
    await world.user('Anna').sends(photo());
    const refused = 'Bad Request: chat not found';
    expect(outcomes.slice(0, 2)).toEqual([refused, refused]);
    expect(outcomes.at(-1)).toBe(1);
    expect(world.transcript().match(/^Bot: \[photo\]/gm)).toHaveLength(2);
  });
});

describe('the network', () => {
  it('is closed for tokens of bots that are not under test', async () => {
    world = telegram(new Bot('74:here'));
    await expect(new Api('75:elsewhere').getMe()).rejects.toMatchObject({
      error: {
        message: expect.stringMatching(/Rejected a request to api\.telegram\.org.*telegram\(\)/),
      },
    });
    await expect(new Telegram('75:elsewhere').getMe()).rejects.toThrow(/Rejected a request/);
    await expect(fetch('https://api.telegram.org/bot75:elsewhere/getMe')).rejects.toMatchObject({
      cause: { name: 'RefusedRequest' },
    });
    await expect(downloaded('https://api.telegram.org/file/bot75:x/a')).rejects.toThrow(/Rejected/);
    const socket = net.connect({ host: 'api.telegram.org', port: 443 });
    const [error] = (await once(socket, 'error')) as [Error];
    expect(error.name).toBe('RefusedRequest');
  });

  it('stays open for everything else', async () => {
    world = telegram(new Bot('74:here'));
    const server = http.createServer((request, response) => response.end(`seen ${request.url}`));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    const address = `http://127.0.0.1:${port}/bottle/1?x=y`;
    expect(await (await fetch(address)).text()).toBe('seen /bottle/1?x=y');
    expect(await downloaded(address)).toBe('seen /bottle/1?x=y');
    await new Promise((resolve) => server.close(resolve));
  });

  it('leads to a fake server by its address, also with the token of a bot under test', async () => {
    telegram(new Bot('1:T'));
    const server = await botApiServer();
    const sent = server.user('Anna').sends('hi');
    expect(await poll(server.url)).toHaveLength(1);
    await server.stop();
    await sent;
  });

  it('keeps two worlds apart whose bots have one token', async () => {
    const make = () => {
      const bot = new Bot('76:twice');
      bot.on('message:text', (ctx) => new Api(bot.token).sendMessage(ctx.chat.id, ctx.msg.text));
      return bot;
    };
    const [one, two] = [telegram(make()), telegram(make())];
    await Promise.all([one.user('Anna').sends('first'), two.user('Ben').sends('second')]);
    expect(one.transcript()).toBe('Anna: first\nBot: first');
    expect(two.transcript()).toBe('Ben: second\nBot: second');
  });

  it('never answers a client of a process that is no more', async () => {
    const sentTexts: string[] = [];
    let started = (): void => {};
    const running = new Promise<void>((resolve) => {
      started = resolve;
    });
    const old = new Bot('77:dies');
    let goOn = (): void => {};
    old.on('message', async (ctx) => {
      started();
      await new Promise<void>((resolve) => {
        goOn = resolve;
      });
      await new Api(old.token)
        .sendMessage(ctx.chat.id, 'from the dead')
        .then(() => sentTexts.push('old'));
    });
    const tg = telegram(old);
    const anna = tg.user('Anna');
    const sending = anna.sends('hi');
    await running;
    await tg.restart(() => {
      const next = new Bot('77:dies');
      next.on('message', (ctx) => ctx.reply('from the living'));
      return next;
    });
    goOn();
    await sending;
    await anna.sends('again');
    anna.sees('from the living');
    expect(sentTexts).toEqual([]);
    expect(tg.transcript()).not.toContain('dead');
  });
});

function downloaded(address: string): Promise<string> {
  const { get } = address.startsWith('https:') ? https : http;
  return new Promise((resolve, reject) => {
    get(address, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      answer.on('end', () => resolve(text));
    }).on('error', reject);
  });
}

import { Bot, GrammyError, HttpError, InputFile } from 'grammy';
import { Context, Telegraf, TelegramError } from 'telegraf';
import { describe, expect, it } from 'vitest';
import { telegram } from '../src/index.ts';

describe('grammY in process', () => {
  it('keeps the transformers of the bot at work, on contexts too', async () => {
    const bot = new Bot('1:T');
    bot.api.config.use((previous, method, payload, signal) =>
      previous(method, { ...payload, disable_notification: true } as never, signal),
    );
    bot.on('message', (ctx) => ctx.reply('hi'));
    const world = telegram(bot);
    const anna = world.user('Anna');
    bot.api.config.use((previous, method, payload, signal) =>
      previous(method, { ...payload, protect_content: true } as never, signal),
    );
    await anna.sends('x');
    await bot.api.sendMessage(anna.id, 'outside');
    const mark = { disable_notification: true, protect_content: true };
    expect(world.calls.map(({ payload }) => payload)).toMatchObject([
      { text: 'hi', ...mark },
      { text: 'outside', ...mark },
    ]);
  });

  it("fails calls with grammY's own errors", async () => {
    const bot = new Bot('1:T');
    const world = telegram(bot);
    await expect(bot.api.sendMessage(99, 'x')).rejects.toBeInstanceOf(GrammyError);
    world.fails('sendMessage', 'unreachable');
    await expect(bot.api.sendMessage(99, 'x')).rejects.toBeInstanceOf(HttpError);
  });

  it('takes files, and identifies the bot by its token or by an option', async () => {
    const bot = new Bot('77:T');
    const world = telegram(bot);
    const anna = world.user('Anna');
    const { document } = await bot.api.sendDocument(
      anna.id,
      new InputFile(Buffer.from('abc'), 'a.txt'),
    );
    expect(document).toMatchObject({ file_name: 'a.txt', file_size: 3 });
    expect(world.calls[0]?.payload).toEqual({ chat_id: anna.id, document: 'attach://document' });
    expect((await bot.api.getMe()).id).toBe(77);
    const botInfo = { ...(await bot.api.getMe()), id: 77, username: 'named_bot' };
    const told = new Bot('77:T', { botInfo });
    telegram(told);
    expect((await told.api.getMe()).username).toBe('named_bot');
  });

  it('lets a later world replace an earlier one', async () => {
    const bot = new Bot('1:T');
    const first = telegram(bot);
    const second = telegram(bot);
    const anna = second.user('Anna');
    await bot.api.sendMessage(anna.id, 'x');
    expect([first.calls.length, second.calls.length]).toEqual([0, 1]);
  });
});

describe('Telegraf in process', () => {
  it("fails calls with Telegraf's own errors", async () => {
    const bot = new Telegraf('1:T');
    const world = telegram(bot);
    await expect(bot.telegram.sendMessage(99, 'x')).rejects.toBeInstanceOf(TelegramError);
    await expect(bot.telegram.sendMessage(99, 'x')).rejects.toMatchObject({
      code: 400,
      description: 'Bad Request: chat not found',
      on: { method: 'sendMessage' },
    });
    world.fails('sendMessage', 'unreachable');
    await expect(bot.telegram.sendMessage(99, 'x')).rejects.toMatchObject({ name: 'FetchError' });
  });

  it('works with a context class and with what the bot gives its contexts', async () => {
    class Mine extends Context {
      shout(text: string): Promise<unknown> {
        return this.reply(text.toUpperCase());
      }
    }
    const bot = new Telegraf<Mine & { readonly shop: string }>('1:T', {
      contextType: Mine as never,
    });
    Object.assign(bot.context, { shop: 'tea' });
    bot.on('text', (ctx) => ctx.shout(`${ctx.shop} ${ctx.message.text}`));
    const world = telegram(bot);
    const anna = world.user('Anna');
    await anna.sends('x');
    anna.sees('TEA X');
  });

  it('takes files by source and by address', async () => {
    const bot = new Telegraf('1:T');
    const world = telegram(bot);
    const anna = world.user('Anna');
    const sent = await bot.telegram.sendDocument(anna.id, {
      source: Buffer.from('abc'),
      filename: 'a.txt',
    });
    expect(sent.document).toMatchObject({ file_name: 'a.txt', file_size: 3 });
    await bot.telegram.sendPhoto(anna.id, { url: 'https://example.com/a.jpg' });
    expect(world.calls.map(({ payload }) => payload['document'] ?? payload['photo'])).toEqual([
      'attach://document',
      'https://example.com/a.jpg',
    ]);
  });
});

describe('anything else', () => {
  it('is rejected', () => {
    const others = [{ handleUpdate: async () => {} }, undefined, null, 'bot'];
    for (const other of others) {
      expect(() => telegram(other as never)).toThrow(/neither a grammY Bot nor a Telegraf bot/);
    }
  });
});

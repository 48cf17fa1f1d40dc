import { Bot, type Context, GrammyError } from 'grammy';
import { expect, it } from 'vitest';
import { type FsmFlavor, fsm } from '../src/index.ts';

const botInfo = { id: 1, is_bot: true, first_name: 'Bot', username: 'test_bot' } as never;
const from = { id: 5, is_bot: false, first_name: 'Anna' };
const chat = { id: 5, type: 'private', first_name: 'Anna' };
const update = {
  update_id: 1,
  message: { message_id: 1, date: 1, chat, from, text: 'hello' },
} as never;

/** A bot that may answer in the response to a webhook; which calls are sent there, and which by a request. */
function webhookBot(answer: object = { ok: true, result: { message_id: 7 } }) {
  const inResponse: unknown[] = [];
  const byRequest: unknown[] = [];
  const fetch = async (url: string, { body }: { readonly body: string }) => {
    byRequest.push([url.split('/').at(-1), JSON.parse(body).text]);
    return { json: async () => answer };
  };
  const client = { canUseWebhookReply: () => true, fetch: fetch as never };
  const bot = new Bot<FsmFlavor<Context>>('1:test', { botInfo, client });
  const envelope = { send: async (json: string) => void inResponse.push(JSON.parse(json).text) };
  return { bot, inResponse, byRequest, receive: () => bot.handleUpdate(update, envelope) };
}

it('under fsm() no call is sent in the response to a webhook, which would confirm the update before its commit', async () => {
  const { bot, inResponse, byRequest, receive } = webhookBot();
  const methods: string[] = [];
  bot.api.config.use((previous, method, payload, signal) => {
    methods.push(method);
    return previous(method, payload, signal);
  });
  bot.use(fsm());
  bot.use(async (ctx) => {
    await ctx.reply('one');
    throw new Error('broken');
  });
  await expect(receive()).rejects.toThrow('broken');
  expect([inResponse, byRequest, methods]).toEqual([[], [['sendMessage', 'one']], ['sendMessage']]);
});

it('errors of such calls are those of grammY', async () => {
  const failed = { ok: false, error_code: 403, description: 'Forbidden' };
  const { bot, receive } = webhookBot(failed);
  bot.use(fsm());
  const errors: unknown[] = [];
  bot.use(async (ctx) => {
    ctx.api.config.use(async (previous, method, payload, signal) => {
      const answered = await previous(method, payload, signal);
      errors.push(answered.ok);
      return answered;
    });
    await ctx.reply('one').catch((error) => errors.push(error));
  });
  await receive();
  expect(errors).toEqual([false, expect.any(GrammyError)]);
});

it('above fsm() a call may be sent in the response, as the bot has chosen', async () => {
  const { bot, inResponse, byRequest, receive } = webhookBot();
  bot.use(async (ctx, next) => {
    await ctx.reply('above');
    await next();
  });
  bot.use(fsm());
  await receive();
  expect([inResponse, byRequest]).toEqual([['above'], []]);
});

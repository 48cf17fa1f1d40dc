/** The same small bot on both frameworks, plain: what the kit's own tests drive. */
import { Bot, InlineKeyboard, Keyboard } from 'grammy';
import { Markup, Telegraf } from 'telegraf';
import type { AnyBot } from '../src/index.ts';

/** The script of a bot in these tests, on either framework. */
export interface Script {
  onText?(text: string, say: Say): Promise<unknown>;
  onPress?(data: string, say: Say, answer: (text?: string) => Promise<unknown>): Promise<unknown>;
  onAny?(update: Readonly<Record<string, unknown>>, call: Call): Promise<unknown>;
  onError?(error: unknown): void;
}

/** Says something with inline buttons (`data` is the label) or a reply keyboard. */
export type Say = (
  text: string,
  buttons?: { readonly inline?: readonly string[]; readonly reply?: readonly string[] },
) => Promise<{ readonly message_id: number }>;

/** Calls any method of the Bot API. */
export type Call = (method: string, payload: Readonly<Record<string, unknown>>) => Promise<unknown>;

/** Options of the clients, for tests over HTTP. */
export interface ClientOptions {
  readonly apiRoot?: string;
  readonly token?: string;
}

export function grammyBot(script: Script, { apiRoot, token = '1:T' }: ClientOptions = {}): Bot {
  const bot = new Bot(token, apiRoot === undefined ? {} : { client: { apiRoot } });
  bot.use(async (ctx, next) => {
    const say: Say = (text, { inline, reply } = {}) =>
      ctx.reply(text, {
        ...(inline === undefined
          ? {}
          : {
              reply_markup: InlineKeyboard.from([
                inline.map((label) => InlineKeyboard.text(label, label)),
              ]),
            }),
        ...(reply === undefined ? {} : { reply_markup: Keyboard.from([[...reply]]).resized() }),
      });
    const call: Call = (method, payload) =>
      (ctx.api.raw as unknown as Record<string, (payload: unknown) => Promise<unknown>>)[method]?.(
        payload,
      ) as Promise<unknown>;
    if (ctx.message?.text !== undefined) await script.onText?.(ctx.message.text, say);
    if (ctx.callbackQuery?.data !== undefined) {
      await script.onPress?.(ctx.callbackQuery.data, say, (text) =>
        ctx.answerCallbackQuery(text === undefined ? {} : { text }),
      );
    }
    await script.onAny?.(ctx.update as unknown as Readonly<Record<string, unknown>>, call);
    await next();
  });
  if (script.onError !== undefined) bot.catch((error) => script.onError?.(error.error));
  return bot;
}

function telegrafBot(script: Script, { apiRoot, token = '1:T' }: ClientOptions = {}): Telegraf {
  const bot = new Telegraf(token, apiRoot === undefined ? {} : { telegram: { apiRoot } });
  bot.use(async (ctx, next) => {
    const say: Say = (text, { inline, reply } = {}) =>
      ctx.reply(text, {
        ...(inline === undefined
          ? {}
          : Markup.inlineKeyboard(inline.map((label) => Markup.button.callback(label, label)))),
        ...(reply === undefined ? {} : Markup.keyboard([[...reply]])),
      });
    if (ctx.message !== undefined && 'text' in ctx.message)
      await script.onText?.(ctx.message.text, say);
    if (ctx.callbackQuery !== undefined && 'data' in ctx.callbackQuery) {
      await script.onPress?.(ctx.callbackQuery.data, say, (text) => ctx.answerCbQuery(text));
    }
    await script.onAny?.(
      ctx.update as unknown as Readonly<Record<string, unknown>>,
      (method, payload) => ctx.telegram.callApi(method as never, payload as never),
    );
    await next();
  });
  if (script.onError !== undefined) bot.catch((error) => script.onError?.(error));
  return bot;
}

/** Both frameworks, to run a test on each. */
export const frameworks: readonly (readonly [
  name: string,
  make: (script: Script, options?: ClientOptions) => AnyBot,
])[] = [
  ['grammY', grammyBot],
  ['Telegraf', telegrafBot],
];

/** Telegraf bots: calls are caught at `telegram.callApi`, updates go through `handleUpdate`. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RawUpdate } from '@telefsm/core';
import { idInToken } from '../cloud/bot-identity.ts';
import type { Payload, RawUser } from '../cloud/raw.ts';
import { detach } from './attachments.ts';
import { type BotPort, isDefaultHandler, nowhere } from './bot-port.ts';

type CallApi = (method: string, payload: Payload, options?: unknown) => Promise<unknown>;

/** The used part of a `Telegraf` bot. */
export interface TelegrafLike {
  readonly token: string;
  readonly telegram: { callApi: CallApi; readonly options: { apiRoot: string; agent: unknown } };
  readonly context: { telegram?: unknown };
  readonly polling: unknown;
  botInfo: RawUser | undefined;
  handleError: (error: unknown, context: unknown) => unknown;
  handleUpdate(update: RawUpdate, response?: ServerResponse): Promise<void>;
  launch(options: { readonly allowedUpdates: readonly string[] }): Promise<void>;
  stop(): void;
  webhookCallback(
    path: string,
    options: { readonly secretToken: string },
  ): (request: IncomingMessage, response: ServerResponse) => Promise<unknown>;
}

/** Recognizes a Telegraf bot by its shape. */
export function isTelegraf(bot: object): bot is TelegrafLike {
  return typeof (bot as { telegram?: { callApi?: unknown } }).telegram?.callApi === 'function';
}

/** Takes a Telegraf bot. */
export function telegrafPort(bot: TelegrafLike): BotPort {
  const network = Object.getPrototypeOf(bot.telegram).callApi as CallApi;
  // Telegraf's own handler also marks the process as failed, which would fail the test run.
  if (isDefaultHandler(bot.handleError, 'Unhandled error while processing')) {
    bot.handleError = (error) => {
      throw error;
    };
  }
  return {
    token: bot.token,
    id: idInToken(bot.token),
    info: bot.botInfo,
    introduce(me) {
      bot.botInfo = me;
    },
    attach(perform) {
      bot.telegram.callApi = async (method, given) => {
        const { payload, uploads } = detach(given);
        const answer = await perform(method, payload, uploads);
        if (answer === 'cut')
          return network.call(
            {
              ...bot.telegram,
              options: { ...bot.telegram.options, apiRoot: nowhere, agent: undefined },
            },
            method,
            {},
          );
        if (answer.ok) return answer.result;
        const TelegramError = await telegramErrorClass(network);
        throw new TelegramError(answer, { method, payload: given });
      };
    },
    reach(apiRoot) {
      Object.assign(bot.telegram.options, { apiRoot, agent: undefined });
    },
    async handle(update) {
      // This is where Telegraf lets bots give contexts something else. Each context has a client of its own, as on the network: what a
      // handler does to it does not reach other updates.
      bot.context.telegram = Object.create(bot.telegram);
      await bot.handleUpdate(update);
    },
    ownError: (error) => error,
    async report(error) {
      throw error; // Telegraf asks the handler by itself
    },
    onError(listener) {
      const handle = bot.handleError;
      bot.handleError = (error, context) => {
        listener(error);
        return handle.call(bot, error, context);
      };
    },
    intercept(_, around) {
      const handle = bot.handleUpdate.bind(bot);
      bot.handleUpdate = (update, response) => around(update, () => handle(update, response));
    },
    poll: (allowedUpdates) => bot.launch({ allowedUpdates }),
    async stopPolling() {
      if (bot.polling !== undefined) bot.stop(); // throws when there is nothing to stop
    },
    webhook: (path, secretToken) => bot.webhookCallback(path, { secretToken }),
  };
}

type TelegramErrorClass = new (response: unknown, on: unknown) => Error;

/** The framework's own error class, which it doesn't hand out: the client throws one when it has no token. */
async function telegramErrorClass(callApi: CallApi): Promise<TelegramErrorClass> {
  try {
    await callApi.call({ token: '', options: {} }, 'getMe', {});
  } catch (error) {
    return (error as Error).constructor as TelegramErrorClass;
  }
  throw new TypeError(
    'This version of Telegraf calls the Bot API without a token; the driver cannot make its errors.',
  );
}

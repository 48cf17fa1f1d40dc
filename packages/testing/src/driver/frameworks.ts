/** Bots of both frameworks, taken by their shape: how to catch their calls, hand them updates, and start them. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ApiAnswer } from '../cloud/answer.ts';
import { idInToken } from '../cloud/bot-identity.ts';
import type { Payload, RawUpdate, RawUser } from '../cloud/raw.ts';
import type { Uploads } from '../methods/parameters.ts';
import { detach } from './attachments.ts';

/** A grammY `Bot` or a Telegraf `Telegraf`, with or without telefsm inside. */
export interface AnyBot {
  handleUpdate(update: never, ...rest: never[]): Promise<unknown>;
}

/** Carries out a call of the bot; `"cut"` when the network fails it. */
export type Perform = (
  method: string,
  payload: Payload,
  uploads: Uploads,
) => Promise<ApiAnswer | 'cut'>;

/** A bot of either framework. */
export interface BotPort {
  /** The bot's id, which its token begins with. */
  readonly id: number;
  /** Who the bot has been told to be, if it has. */
  readonly info: RawUser | undefined;
  /** Tells the bot who it is, so that it need not ask. */
  introduce(me: RawUser): void;
  /** Answers every call of the bot from here on. */
  attach(perform: Perform): void;
  /** Sends every call of the bot to a server by HTTP from here on. */
  reach(apiRoot: string): void;
  /** Hands the bot an update; rejects as the framework does. */
  handle(update: RawUpdate): Promise<void>;
  /** What the bot's code threw, out of what the framework rejects with. */
  ownError(error: unknown): unknown;
  /** Gives an error to the bot's error handler; rejects with what the bot's code threw where there is none, or it has seen the error. */
  report(error: unknown): Promise<void>;
  /** Sees every update that the framework hands to the bot by itself. */
  intercept(around: (update: RawUpdate, handle: () => Promise<void>) => Promise<void>): void;
  /** Starts long polling; resolves when it has ended. */
  poll(allowedUpdates: readonly string[]): Promise<void>;
  /** Stops long polling. */
  stopPolling(): Promise<void>;
  /** Answers webhook requests. */
  webhook(
    path: string,
    secret: string,
  ): (request: IncomingMessage, response: ServerResponse) => Promise<unknown>;
}

/** Takes a bot by its shape. */
export function portOf(bot: AnyBot): BotPort {
  if (isGrammy(bot)) return grammyPort(bot);
  if (isTelegraf(bot)) return telegrafPort(bot);
  throw new TypeError(
    'This is neither a grammY Bot nor a Telegraf bot: pass the instance that you made with `new Bot(…)` or `new Telegraf(…)`.',
  );
}

type Method = (payload?: unknown, signal?: unknown) => Promise<unknown>;
type Previous = (method: string, payload: Payload, signal?: unknown) => Promise<unknown>;
type Transformer = (
  previous: Previous,
  method: string,
  payload: Payload,
  signal?: unknown,
) => Promise<unknown>;

interface GrammyApi {
  readonly config: {
    use(...transformers: Transformer[]): unknown;
    installedTransformers(): readonly Transformer[];
  };
  readonly raw: Readonly<Record<string, Method>>;
}
type GrammyApiClass = new (token: string, options: { readonly apiRoot: string }) => GrammyApi;

interface GrammyLike {
  readonly token: string;
  readonly api: GrammyApi;
  botInfo: RawUser;
  errorHandler: (error: unknown) => unknown;
  isInited(): boolean;
  handleUpdate(update: RawUpdate, envelope?: unknown): Promise<void>;
  start(options: { readonly allowed_updates: readonly string[] }): Promise<void>;
  stop(): Promise<void>;
}

function isGrammy(bot: object): bot is GrammyLike {
  return typeof (bot as { api?: { config?: { use?: unknown } } }).api?.config?.use === 'function';
}

/** Transformers of ours: a later world on the same bot takes the place of an earlier one. */
const ours = new WeakSet<Transformer>();

function grammyPort(bot: GrammyLike): BotPort {
  const ApiClass = bot.api.constructor as GrammyApiClass;

  /** Stands where the network was: below every transformer that the bot has installed. */
  function install(network: Previous): void {
    const before = bot.api.config.installedTransformers().filter((each) => !ours.has(each));
    const chain = before.reduce<Previous>(
      (previous, transformer) => (method, payload, signal) =>
        transformer(previous, method, payload, signal),
      network,
    );
    const transformer: Transformer = (_, method, payload, signal) => chain(method, payload, signal);
    ours.add(transformer);
    bot.api.config.use(transformer);
  }

  const ownError = (error: unknown) => (error as { readonly error?: unknown }).error ?? error;

  return {
    id: idInToken(bot.token),
    info: bot.isInited() ? bot.botInfo : undefined,
    introduce(me) {
      bot.botInfo = me;
    },
    attach(perform) {
      install(async (method, given) => {
        const { payload, uploads } = detach(given);
        const answer = await perform(method, payload, uploads);
        return answer === 'cut' ? clientTo(ApiClass, bot.token, nowhere)(method, {}) : answer;
      });
    },
    reach: (apiRoot) => install(clientTo(ApiClass, bot.token, apiRoot)),
    handle: (update) => bot.handleUpdate(update),
    ownError,
    async report(error) {
      if (isDefaultHandler(bot.errorHandler, 'No error handler was set')) throw ownError(error);
      await bot.errorHandler(error);
    },
    intercept(around) {
      const handle = bot.handleUpdate.bind(bot);
      bot.handleUpdate = (update, envelope) => around(update, () => handle(update, envelope));
    },
    poll: (allowed_updates) => bot.start({ allowed_updates }),
    stopPolling: () => bot.stop(),
    webhook: (_, secret) => async (request, response) => {
      if (request.headers[secretHeader] !== secret) return response.writeHead(401).end();
      await bot.handleUpdate(await jsonIn(request));
      return response.writeHead(200).end();
    },
  };
}

/** A call through grammY's own client, with a refusal as an answer again instead of an error. */
function clientTo(ApiClass: GrammyApiClass, token: string, apiRoot: string): Previous {
  const { raw } = new ApiClass(token, { apiRoot });
  return async (name, payload, signal) => {
    const method = raw[name] as Method;
    try {
      // Methods without parameters take the signal first.
      const result = method.length === 1 ? method(signal) : method(payload, signal);
      return { ok: true, result: await result };
    } catch (error) {
      const { error_code, description, parameters } = error as {
        error_code?: number;
        description?: string;
        parameters?: object;
      };
      if (error_code === undefined) throw error;
      return { ok: false, error_code, description, parameters };
    }
  };
}

type CallApi = (method: string, payload: Payload, options?: unknown) => Promise<unknown>;

interface TelegrafLike {
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

function isTelegraf(bot: object): bot is TelegrafLike {
  return typeof (bot as { telegram?: { callApi?: unknown } }).telegram?.callApi === 'function';
}

function telegrafPort(bot: TelegrafLike): BotPort {
  const network = Object.getPrototypeOf(bot.telegram).callApi as CallApi;
  // Telegraf's own handler also marks the process as failed, which would fail the test run.
  if (isDefaultHandler(bot.handleError, 'Unhandled error while processing')) {
    bot.handleError = (error) => {
      throw error;
    };
  }
  return {
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
      // Each context would make a client of its own; this is where Telegraf lets bots give contexts something else.
      bot.context.telegram = bot.telegram;
      await bot.handleUpdate(update);
    },
    ownError: (error) => error,
    async report(error) {
      throw error; // Telegraf asks the handler by itself
    },
    intercept(around) {
      const handle = bot.handleUpdate.bind(bot);
      bot.handleUpdate = (update, response) => around(update, () => handle(update, response));
    },
    poll: (allowedUpdates) => bot.launch({ allowedUpdates }),
    async stopPolling() {
      if (bot.polling !== undefined) bot.stop(); // refuses when there is nothing to stop
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

/** An address where nothing listens: calls to it fail with the network errors of the framework itself. */
const nowhere = 'http://127.0.0.1:1';

const secretHeader = 'x-telegram-bot-api-secret-token';

async function jsonIn(request: IncomingMessage): Promise<RawUpdate> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString()) as RawUpdate;
}

/** Both frameworks come with a handler that prints and throws; only its text tells it from one of the bot's. */
function isDefaultHandler(handler: unknown, phrase: string): boolean {
  return Function.prototype.toString.call(handler).includes(phrase);
}

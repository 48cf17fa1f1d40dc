/** grammY bots: calls are caught by a transformer, updates go through `handleUpdate`. */
import type { IncomingMessage } from 'node:http';
import type { RawUpdate } from '@telefsm/core';
import { idInToken } from '../cloud/bot-identity.ts';
import type { Payload, RawUser } from '../cloud/raw.ts';
import { detach } from './attachments.ts';
import { type BotPort, isDefaultHandler, nowhere } from './bot-port.ts';

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

/** The used part of a grammY `Bot`. */
export interface GrammyLike {
  readonly token: string;
  readonly api: GrammyApi;
  botInfo: RawUser;
  errorHandler: (error: unknown) => unknown;
  isInited(): boolean;
  handleUpdate(update: RawUpdate, envelope?: unknown): Promise<void>;
  /** Called by its polling with every batch. */
  handleUpdates(updates: readonly RawUpdate[]): Promise<void>;
  start(options: { readonly allowed_updates: readonly string[] }): Promise<void>;
  stop(): Promise<void>;
}

/** Recognizes a grammY bot by its shape. */
export function isGrammy(bot: object): bot is GrammyLike {
  return typeof (bot as { api?: { config?: { use?: unknown } } }).api?.config?.use === 'function';
}

/** Transformers of ours: a later world on the same bot takes the place of an earlier one. */
const ours = new WeakSet<Transformer>();

/** Takes a grammY bot. */
export function grammyPort(bot: GrammyLike): BotPort {
  const ApiClass = bot.api.constructor as GrammyApiClass;

  /** Replaces the network: below every transformer that the bot has installed. */
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
    token: bot.token,
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
    onError(listener) {
      const handle = bot.handleUpdate.bind(bot);
      bot.handleUpdate = (update, envelope) =>
        handle(update, envelope).catch((error) => {
          listener(ownError(error));
          throw error;
        });
    },
    intercept(via, around) {
      if (via === 'polling') {
        // Here grammY asks the error handler; an error that passes ends its loop.
        const handleAll = bot.handleUpdates.bind(bot);
        bot.handleUpdates = async (updates) => {
          for (const update of updates) await around(update, () => handleAll([update]));
        };
        return;
      }
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

/** A call through grammY's own client, with a rejection as an answer again instead of an error. */
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

const secretHeader = 'x-telegram-bot-api-secret-token';

async function jsonIn(request: IncomingMessage): Promise<RawUpdate> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString()) as RawUpdate;
}

/** An adapter without a framework: a webhook receives the updates, and calls use `fetch`. The README explains the contract. */

import type { Awaitable, RawUpdate, Turn } from '@telefsm/core';
import { type BotPort, botIdOf, type UpdateMachine } from '@telefsm/core/adapter';

/** Handles one request, as serverless platforms, Deno, Bun and edge workers call it. */
export type FetchHandler = (request: Request) => Promise<Response>;

/** A bot, as the Bot API identifies it. */
export interface BareBot {
  readonly token: string;
  /** The address of the Bot API, if it is not Telegram's. */
  readonly apiRoot?: string;
  /** Without the `@`. A bot without it ignores commands that mention a bot, as groups have them. */
  readonly username?: string;
}

/** A call that the Bot API rejected. */
export class BotApiError extends Error {
  override readonly name = 'BotApiError';
  /** The HTTP status: 403 if the user has blocked the bot, 429 after too many calls. */
  readonly code: number;

  constructor(method: string, code: number, description: string) {
    super(`${method}: ${description} (${code})`);
    this.code = code;
  }
}

/** The secret and the handlers of a webhook. */
export interface WebhookOptions {
  /** The `secret_token` of `setWebhook`. */
  readonly secret: string;
  /** Handles the updates that no scene handles. */
  readonly rest?: (turn: Turn) => Awaitable<unknown>;
  /** Called with the error that a handler throws. */
  readonly onError?: (error: unknown) => void;
}

type Answer =
  | { readonly ok: true; readonly result: unknown }
  | { readonly ok: false; readonly error_code: number; readonly description: string };

/** Makes the port of a bot: its id, its name, and a function for all methods of the Bot API. */
export function botPort({
  token,
  apiRoot = 'https://api.telegram.org',
  username,
}: BareBot): BotPort {
  return {
    id: botIdOf(token),
    username,
    async call(method, payload, signal) {
      const response = await fetch(`${apiRoot}/bot${token}/${method}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(payload),
        signal: signal ?? null,
      });
      const answer = (await response.json()) as Answer;
      if (answer.ok) return answer.result;
      throw new BotApiError(method, answer.error_code, answer.description);
    },
  };
}

/**
 * Makes a webhook: each request is one update, and is answered once its conversation has been committed.
 *
 * @throws Error without a secret, since anyone could impersonate any user
 */
export function webhook(
  machine: UpdateMachine,
  bot: BotPort,
  { secret, rest, onError = console.error }: WebhookOptions,
): FetchHandler {
  if (!/^[\w-]{1,256}$/.test(secret ?? '')) {
    throw new Error(
      'The webhook secret must be 1 to 256 letters, digits, _ or -. Pass the secret_token of setWebhook.',
    );
  }
  return async (request) => {
    if (request.method !== 'POST') return new Response('POST updates here', { status: 405 });
    const given = request.headers.get('x-telegram-bot-api-secret-token') ?? '';
    if (!isSame(given, secret)) return new Response('wrong secret', { status: 401 });
    const update: unknown = await request.json().catch(() => undefined);
    if (!isUpdate(update)) return new Response('no update', { status: 400 });
    try {
      await machine.handle(update, portOfUpdate(bot), rest);
      return new Response();
    } catch (error) {
      onError(error);
      // Telegram redelivers the update.
      return new Response('failed', { status: 500 });
    }
  };
}

/** Makes the port of one update: the machine may change its calls, or leave them out. */
function portOfUpdate(bot: BotPort): BotPort {
  const changes: ((method: string, payload: object) => object | undefined)[] = [];
  return {
    ...bot,
    async call(method, payload, signal) {
      let sent: object | undefined = payload;
      for (const each of changes) sent = sent && each(method, sent);
      return sent === undefined ? true : bot.call(method, sent, signal);
    },
    intercept: (each) => void changes.push(each),
  };
}

function isUpdate(value: unknown): value is RawUpdate {
  return typeof value === 'object' && value !== null && 'update_id' in value;
}

/** Compares in constant time, so that the time does not reveal how many characters match. */
function isSame(given: string, secret: string): boolean {
  let difference = given.length ^ secret.length;
  for (let at = 0; at < secret.length; at += 1) {
    difference |= given.charCodeAt(at) ^ secret.charCodeAt(at);
  }
  return difference === 0;
}

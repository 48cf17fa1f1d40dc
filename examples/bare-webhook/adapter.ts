/** An adapter for no framework at all: updates come by a web hook, calls go out by `fetch`. The README beside it tells the contract. */

import type { Awaitable, RawUpdate, Turn } from '@telefsm/core';
import { type BotPort, botIdOf, type FedMachine } from '@telefsm/core/adapter';
import type { FetchHandler } from '../lib/serve.ts';

/** A bot, by what the Bot API needs to know of it. */
export interface BareBot {
  readonly token: string;
  /** Where the Bot API is, if it is not Telegram's. */
  readonly apiRoot?: string;
  /** Without the `@`; in groups, commands that name a bot are taken only by a bot that knows its name. */
  readonly username?: string;
}

/** A call that the Bot API has refused. */
export class BotApiError extends Error {
  override readonly name = 'BotApiError';
  /** As the HTTP status: 403 for a user who has blocked the bot, 429 for too many calls. */
  readonly code: number;

  constructor(method: string, code: number, description: string) {
    super(`${method}: ${description} (${code})`);
    this.code = code;
  }
}

/** How a web hook is guarded, and what it does beside the machine. */
export interface WebhookOptions {
  /** The `secret_token` that `setWebhook` was given. */
  readonly secret: string;
  /** Handles what no scene takes. */
  readonly rest?: (turn: Turn) => Awaitable<unknown>;
  /** Hears of what handlers throw. */
  readonly onError?: (error: unknown) => void;
}

type Answer =
  | { readonly ok: true; readonly result: unknown }
  | { readonly ok: false; readonly error_code: number; readonly description: string };

/** The port of a bot: its id, its name, and how to call any method of the Bot API. */
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
 * A web hook: one request is one update, answered when its conversation has been committed.
 *
 * @throws Error without a secret: everybody could speak for any user
 */
export function webhook(
  machine: FedMachine,
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
      // Telegram sends it again
      return new Response('failed', { status: 500 });
    }
  };
}

/** The port of one update: calls that the machine mutes are not sent, in this update only. */
function portOfUpdate(bot: BotPort): BotPort {
  const muted: ((method: string, payload: object) => boolean)[] = [];
  return {
    ...bot,
    call: (method, payload, signal) =>
      muted.some((test) => test(method, payload))
        ? Promise.resolve(true)
        : bot.call(method, payload, signal),
    mute: (test) => void muted.push(test),
  };
}

function isUpdate(value: unknown): value is RawUpdate {
  return typeof value === 'object' && value !== null && 'update_id' in value;
}

/** Compares in a time that does not tell how much of it was right. */
function isSame(given: string, secret: string): boolean {
  let difference = given.length ^ secret.length;
  for (let at = 0; at < secret.length; at += 1) {
    difference |= given.charCodeAt(at) ^ secret.charCodeAt(at);
  }
  return difference === 0;
}

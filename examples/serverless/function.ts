/** What the functions of this example are given and what they give, whatever the framework. */

import type { Duration, FsmStorage } from '@telefsm/core';
import type { FetchHandler } from '../lib/serve.ts';

/** Usually the environment's variables. */
export interface Settings {
  readonly token: string;
  /** The `secret_token` that `setWebhook` was given: whoever does not know it is not Telegram. */
  readonly secret: string | undefined;
  /** One that all instances share; a function's memory ends with it. */
  readonly storage: FsmStorage;
  /** Where the Bot API is, if it is not Telegram's. */
  readonly apiRoot?: string;
  /** How long a basket is kept that nobody puts anything into; ten minutes when left out. */
  readonly keptFor?: Duration;
}

/** One instance of a function, by the names that platforms look for. */
export interface BotFunction {
  /** For the web hook's address. */
  readonly POST: FetchHandler;
  /** For a schedule, once a minute: fires deadlines that have passed. */
  readonly GET: FetchHandler;
}

/**
 * The secret, for a function that must never run without one: frameworks check nothing when it is empty.
 *
 * @throws Error for one that is missing or that Telegram does not accept
 */
export function requireSecret(secret: string | undefined): string {
  if (secret !== undefined && /^[\w-]{1,256}$/.test(secret)) return secret;
  const found = secret ? 'other signs' : 'none';
  throw new Error(
    `The webhook secret must be 1 to 256 letters, digits, _ or -, but there is ${found}. Set WEBHOOK_SECRET, and pass the same to setWebhook as secret_token.`,
  );
}

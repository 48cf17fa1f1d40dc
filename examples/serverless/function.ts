/** What the functions of this example are given and what they give, whatever the framework. */

import type { Duration, FsmStorage } from '@telefsm/core';
import type { FetchHandler } from '../lib/serve.ts';

/** Usually the environment's variables. */
export interface Settings {
  readonly token: string;
  /** The `secret_token` that `setWebhook` was given: whoever does not know it is not Telegram. */
  readonly secret: string;
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

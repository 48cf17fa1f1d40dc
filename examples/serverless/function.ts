/** The settings and the shape of the functions of this example, whatever the framework. */

import type { Duration, FsmStorage } from '@telefsm/core';

/** Usually read from environment variables. */
export interface Settings {
  readonly token: string;
  /** The `secret_token` of `setWebhook`: a request without it is not from Telegram. */
  readonly secret: string | undefined;
  /** Shared by all instances; a function's memory ends with it. */
  readonly storage: FsmStorage;
  /** The address of the Bot API, if it is not Telegram's. */
  readonly apiRoot?: string;
  /** The secret that a schedule sends as `Authorization: Bearer …`. Without it, anybody may call `GET`. */
  readonly cronSecret?: string;
  /** How long a basket is kept after the last item; ten minutes if omitted. */
  readonly keptFor?: Duration;
}

/** Handles one request, as serverless platforms, Deno, Bun and edge workers call it. */
export type FetchHandler = (request: Request) => Promise<Response>;

/** One instance of a function, by the names that platforms look for. */
export interface BotFunction {
  /** For the webhook's address. */
  readonly POST: FetchHandler;
  /** For a schedule that calls an address, once a minute: fires deadlines that have passed. */
  readonly GET: FetchHandler;
  /** The same for a schedule that calls a function. Resolves to the number of deadlines that it fired. */
  readonly sweep: () => Promise<number>;
}

/** Makes the handlers of a schedule, which checks the secret if there is one. */
export function scheduled(
  machine: { sweep(): Promise<number> },
  { cronSecret }: Settings,
): Pick<BotFunction, 'GET' | 'sweep'> {
  const sweep = () => machine.sweep();
  return {
    sweep,
    async GET(request) {
      const given = request.headers.get('authorization');
      if (cronSecret !== undefined && given !== `Bearer ${cronSecret}`)
        return new Response(null, { status: 401 });
      return new Response(`${await sweep()} fired`);
    },
  };
}

/**
 * Returns the secret, so that a function never runs without one: frameworks check nothing if it is empty.
 *
 * @throws Error if the secret is missing or Telegram does not accept it
 */
export function requireSecret(secret: string | undefined): string {
  if (secret !== undefined && /^[\w-]{1,256}$/.test(secret)) return secret;
  const found = secret ? 'contains other characters' : 'is missing';
  throw new Error(
    `The webhook secret ${found}. Set WEBHOOK_SECRET to 1 to 256 letters, digits, _ or -, and pass the same value to setWebhook as secret_token.`,
  );
}

/** A platform for functions on this machine: instances that know nothing of each other, a Redis, and a fake Telegram that calls them. */

import type { Duration } from '@telefsm/core';
import { type BotApiServer, botApiServer } from '@telefsm/testing';
import { startRedis } from '../../test/servers/redis.ts';
import type { Framework } from '../lib/example.ts';
import { sharedStorage } from '../lib/redis.ts';
import { serve } from '../lib/serve.ts';
import type { BotFunction } from './function.ts';
import { makeFunction as onGrammy } from './grammy.ts';
import { makeFunction as onTelegraf } from './telegraf.ts';

/** What `setWebhook` is given. */
export const secret = 'only-Telegram-knows-it';

/** A function at work. */
export interface Platform {
  readonly telegram: BotApiServer;
  /** Where the function is reached; each call goes to the next instance. */
  readonly url: string;
  readonly stop: () => Promise<void>;
}

/** Starts instances of a function, and tells the fake Telegram where they are. */
export async function platform(
  framework: Framework,
  { instances = 2, keptFor }: { readonly instances?: number; readonly keptFor?: Duration } = {},
): Promise<Platform> {
  const redis = await startRedis();
  const telegram = await botApiServer();
  const make = { grammy: onGrammy, telegraf: onTelegraf }[framework];
  const shared = Array.from({ length: instances }, () => sharedStorage(redis.port));
  const row: BotFunction[] = shared.map(({ storage }) =>
    make({
      token: '1:function',
      secret,
      storage,
      apiRoot: telegram.url,
      ...(keptFor !== undefined && { keptFor }),
    }),
  );
  let calls = 0;
  const served = await serve((request) => {
    const instance = row[calls++ % row.length] as BotFunction;
    return request.method === 'GET' ? instance.GET(request) : instance.POST(request);
  });
  await tell(`${telegram.url}/bot1:function/setWebhook`, {
    url: served.url,
    secret_token: secret,
  });
  return {
    telegram,
    url: served.url,
    async stop() {
      await telegram.stop();
      await served.stop();
      for (const { close } of shared) close();
      await redis.stop();
    },
  };
}

/** Posts JSON, as Telegram does or as somebody who pretends to; gives the status of the answer. */
export async function tell(
  url: string,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<number> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  return response.status;
}

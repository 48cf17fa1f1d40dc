/** A platform for functions on this machine: instances that share only a Redis, and a fake Telegram that calls them. */

import { randomUUID } from 'node:crypto';
import type { Duration } from '@telefsm/core';
import { redisStorage } from '@telefsm/storage-redis';
import { type BotApiServer, botApiServer } from '@telefsm/testing';
import { Redis } from 'ioredis';
import { serve } from 'srvx';
import type { BotFunction, Settings } from './function.ts';

/** The `secret_token` of `setWebhook`. */
export const secret = 'only-Telegram-has-it';

/** A deployed function. */
export interface Platform {
  readonly telegram: BotApiServer;
  /** Where the function is reached; each call goes to the next instance. */
  readonly url: string;
  readonly stop: () => Promise<void>;
}

/** The choices of a test. */
export interface PlatformOptions {
  /** The address of a Redis. */
  readonly redis: string;
  /** How long a basket is kept; ten minutes if omitted. */
  readonly keptFor?: Duration;
}

/** Starts two instances of a function, and registers their address as the webhook. */
export async function platform(
  makeFunction: (settings: Settings) => BotFunction,
  { redis, keptFor }: PlatformOptions,
): Promise<Platform> {
  const telegram = await botApiServer();
  const prefix = randomUUID();
  const clients = [new Redis(redis), new Redis(redis)];
  const instances = clients.map((client) =>
    makeFunction({
      token: '1:function',
      secret,
      storage: redisStorage(client, { prefix }),
      apiRoot: telegram.url,
      ...(keptFor !== undefined && { keptFor }),
    }),
  );
  let calls = 0;
  const server = serve({
    hostname: '127.0.0.1',
    port: 0,
    silent: true,
    gracefulShutdown: false,
    fetch(request) {
      const instance = instances[calls++ % instances.length] as BotFunction;
      return request.method === 'GET' ? instance.GET(request) : instance.POST(request);
    },
  });
  await server.ready();
  const url = server.url as string;
  await post(`${telegram.url}/bot1:function/setWebhook`, { url, secret_token: secret });
  return {
    telegram,
    url,
    async stop() {
      await telegram.stop();
      await server.close(true);
      for (const client of clients) client.disconnect();
    },
  };
}

/** Posts JSON, as Telegram or an attacker does, and returns the status of the answer. */
export async function post(
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

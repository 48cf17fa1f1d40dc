/** The fake Bot API server: a world for bots that reach it by `apiRoot`, whatever they are written in. */
import type { Clock, RawUpdate } from '@telefsm/core';
import { systemClock } from '@telefsm/core/tools';
import { identity } from '../cloud/bot-identity.ts';
import { openCloud } from '../cloud/cloud.ts';
import { makeWorld, type World } from '../driver/world.ts';
import { openHttpServer } from './http-server.ts';

/** Options of {@link botApiServer}. */
export interface BotApiServerOptions {
  /** Where to listen on the loopback interface; any free port when left out. */
  readonly port?: number;
  /** The time by which long polls end and webhooks are repeated; the system's when left out. */
  readonly clock?: Clock;
  /** The only accepted token. Default: the first token that is used. */
  readonly token?: string;
  /**
   * The number of the first update. When omitted, a random one, so that worlds that share a storage never use a number twice; the transcript
   * counts updates from 1 all the same.
   */
  readonly updateId?: number;
}

/** A fake Bot API server; actions of its users resolve when the bot has confirmed their updates. */
export interface BotApiServer extends World {
  /** The address to give to a client as `apiRoot`. */
  readonly url: string;
  /** Updates that the bot has not confirmed, oldest first. */
  readonly pending: readonly RawUpdate[];
}

/**
 * Opens a fake Bot API server for one bot: long polling, webhooks, every method, files.
 *
 * @throws Error of Node when the port is taken
 * @example
 * ```ts
 * import { botApiServer } from '@telefsm/testing';
 * import { Bot } from 'grammy';
 *
 * const server = await botApiServer();
 * const bot = new Bot('1:test', { client: { apiRoot: server.url } });
 * bot.on('message', (ctx) => ctx.reply('Hello!'));
 * void bot.start();
 *
 * const anna = server.user('Anna');
 * await anna.sends('Hi');
 * anna.sees('Hello!');
 * await bot.stop();
 * await server.stop();
 * ```
 */
export async function botApiServer(options: BotApiServerOptions = {}): Promise<BotApiServer> {
  const { clock = systemClock, port = 0, token, updateId } = options;
  const cloud = openCloud({ clock, me: identity(1), updateId });
  const server = await openHttpServer(cloud, { port, token });
  const world = makeWorld(cloud, {
    async deliver(updates) {
      await Promise.all(updates.map((update) => server.queue.push(update)));
    },
    redeliver: (update) => server.queue.push(update, true),
    stop: () => server.stop(),
  });
  return {
    ...world,
    url: server.url,
    get pending() {
      return server.queue.pending.map(({ update }) => update);
    },
  };
}

/** The chat driver: a world around a bot of either framework. */
import type { Clock, RawUpdate } from '@telefsm/core';
import { systemClock } from '@telefsm/core/tools';
import { identity } from '../cloud/bot-identity.ts';
import { type Cloud, openCloud } from '../cloud/cloud.ts';
import type { BotPort } from './bot-port.ts';
import { type AnyBot, portOf } from './frameworks.ts';
import { inProcess } from './in-process.ts';
import { interleave, type Step } from './interleave.ts';
import { overHttp, type WebhookUnderTest } from './over-http.ts';
import { handledWithin, requirePatience } from './patience.ts';
import { makeWorld, type World } from './world.ts';

/** Options of {@link telegram}. */
export interface TelegramOptions {
  /** The time of messages and delays; give the bot's machine the same one. The system's when left out. */
  readonly clock?: Clock;
  /**
   * The number of the first update. When omitted, a random one, so that worlds that share a storage never use a number twice; the transcript
   * counts updates from 1 all the same.
   */
  readonly updateId?: number;
  /**
   * How updates reach the bot: within this process (the default), or by HTTP. Then the bot polls a fake Bot API server, or that server calls its webhook.
   * By HTTP, call {@link World.stop} at the end.
   */
  readonly via?: 'process' | 'polling' | 'webhook';
  /** The webhook handler to test; one as simple as possible when left out. */
  readonly webhook?: WebhookUnderTest;
  /**
   * Ms of real time that an action waits for the bot to finish; 5000 when left out, `Infinity` waits without end. Then it fails and names the
   * update that is still being handled.
   */
  readonly patience?: number;
}

/** A world with a bot in it. */
export interface BotWorld extends World {
  /**
   * Runs actions against each other in a forced order: each index in `order` lets that action do one step, which ends at the bot's next API call.
   * When the order is used up, all run on freely. Rejects with the first error of an action.
   */
  interleave(
    actions: readonly (() => Promise<unknown>)[],
    order: readonly number[],
  ): Promise<readonly Step[]>;
  /**
   * Lets the bot's process die and another start: calls of the old bot are never answered, and what it had not finished is delivered to the new one.
   */
  restart(make: () => AnyBot): Promise<void>;
}

/**
 * Puts a bot into a world of users and chats, in process: no network, no token.
 *
 * @example
 * ```ts
 * import { telegram } from '@telefsm/testing';
 * import { Bot } from 'grammy';
 *
 * const bot = new Bot('1:test');
 * bot.command('start', (ctx) => ctx.reply('What is your name?'));
 *
 * const anna = telegram(bot).user('Anna');
 * await anna.sends('/start');
 * anna.sees('What is your name?');
 * ```
 */
export function telegram(bot: AnyBot, options: TelegramOptions = {}): BotWorld {
  return openTelegram(bot, options).world;
}

/** The world around a bot with what lies behind it, for this package's own use. */
export function openTelegram(
  bot: AnyBot,
  options: TelegramOptions,
): { readonly world: BotWorld; readonly cloud: Cloud; readonly port: BotPort } {
  const { clock = systemClock, updateId, via = 'process', webhook, patience = 5000 } = options;
  requirePatience(patience);
  const port = portOf(bot);
  const cloud = openCloud({ clock, me: port.info ?? identity(port.id), updateId });
  const transport =
    via === 'process' ? inProcess(cloud, port) : overHttp(cloud, port, via, webhook);
  const deliver = (update: RawUpdate, again: boolean) =>
    handledWithin(patience, cloud, update, transport.deliver(update, again));
  const world = makeWorld(cloud, {
    async deliver(updates) {
      await Promise.all(updates.map((update) => deliver(update, false)));
    },
    redeliver: (update) => deliver(update, true),
    stop: () => transport.stop(),
  });
  const botWorld: BotWorld = {
    ...world,
    async interleave(actions, order) {
      if (via !== 'process') {
        throw new Error(
          `interleave() holds calls inside this process and cannot step a bot driven by ${via}: leave \`via\` out.`,
        );
      }
      return interleave(actions, order);
    },
    async restart(make) {
      cloud.screen.push({ kind: 'noted', what: '(the bot restarts)' });
      await transport.restart(() => portOf(make()));
    },
  };
  return { world: botWorld, cloud, port };
}

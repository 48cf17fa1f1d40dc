/** The chat driver: a world around a bot of either framework. */
import { type Clock, systemClock } from '@telefsm/core';
import { type Cloud, openCloud } from '../cloud/cloud.ts';
import type { RawUpdate, RawUser } from '../cloud/raw.ts';
import { nextTurn, settle } from '../event-loop.ts';
import { performCall } from '../methods/answer-call.ts';
import { type AnyBot, type BotPort, portOf } from './frameworks.ts';
import { gate, interleave, type Step } from './interleave.ts';
import { type Courier, makeWorld, type World } from './world.ts';

/** Options of {@link telegram}. */
export interface TelegramOptions {
  /** The time of messages and delays; give the bot's machine the same one. The system's when left out. */
  readonly clock?: Clock;
  /** The number of the first update; 1 when left out. */
  readonly updateId?: number;
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
  const clock = options.clock ?? systemClock;
  let port = portOf(bot);
  const cloud = openCloud({
    clock,
    me: port.info ?? identity(port.id),
    updateId: options.updateId ?? 1,
  });
  let life = bring(port, cloud);
  const unfinished = new Map<
    RawUpdate,
    { readonly resolve: () => void; readonly reject: (error: unknown) => void }
  >();

  const courier: Courier = {
    async deliver(updates) {
      await Promise.all(updates.map(hand));
    },
    redeliver: (update) => hand(update),
    async stop() {
      life.dead = true;
    },
  };

  function hand(update: RawUpdate): Promise<void> {
    return new Promise<void>((resolve, reject) => {
      unfinished.set(update, { resolve, reject });
      void run(update);
    });
  }

  /** Ends the waiting of an action, unless the process has died meanwhile: then the next one takes the update over. */
  async function run(update: RawUpdate): Promise<void> {
    const mine = life;
    const end = (
      then: (waiting: {
        readonly resolve: () => void;
        readonly reject: (error: unknown) => void;
      }) => void,
    ) => {
      const waiting = unfinished.get(update);
      if (mine.dead || waiting === undefined) return;
      unfinished.delete(update);
      then(waiting);
    };
    try {
      await port.handle(structuredClone(update));
      await mine.idle();
      end(({ resolve }) => resolve());
    } catch (error) {
      await mine.idle();
      end(({ reject }) => reject(error));
    }
  }

  return {
    ...makeWorld(cloud, courier),
    interleave,
    async restart(make) {
      life.dead = true;
      cloud.screen.push({ kind: 'noted', what: '(the bot restarts)' });
      await nextTurn();
      port = portOf(make());
      life = bring(port, cloud);
      const again = [...unfinished.keys()];
      for (const update of again) void run(update);
      await settle(() => again.every((update) => !unfinished.has(update)));
    },
  };
}

/** A process that the bot runs in. */
interface Life {
  dead: boolean;
  /** Waits for calls that the bot has made without awaiting them. */
  idle(): Promise<void>;
}

function bring(port: BotPort, cloud: Cloud): Life {
  let underWay = 0;
  const life: Life = {
    dead: false,
    async idle() {
      await nextTurn();
      await settle(() => underWay === 0);
    },
  };
  if (port.info === undefined) port.introduce(cloud.me);
  port.attach(async (method, payload, uploads) => {
    underWay += 1;
    try {
      await gate(method);
      await nextTurn();
      if (life.dead) await new Promise(() => {}); // nothing answers a process that is no more
      return await performCall(cloud, method, payload, uploads);
    } finally {
      underWay -= 1;
    }
  });
  return life;
}

/** Who the bot is as long as nobody says otherwise. */
export function identity(id: number): RawUser {
  return {
    id,
    is_bot: true,
    first_name: 'Bot',
    username: 'test_bot',
    can_join_groups: true,
    can_read_all_group_messages: true,
    supports_inline_queries: true,
    can_connect_to_business: true,
    has_main_web_app: false,
  };
}

/** A bot among its users, and notes of all that they, its handlers, its observers and its records show. */

import { setImmediate as nextTurn } from 'node:timers/promises';
import { memoryStorage } from '@telefsm/core';
import { telegram, virtualClock } from '@telefsm/testing';
import { type Network, textStorage } from '../../../packages/core/test/fixtures/text-storage.ts';
import { frameworks } from '../frameworks.ts';
import { type Process, startProcess } from './bot.ts';
import { openChats } from './chats.ts';
import { codeOf, shown } from './notes.ts';
import { Performer } from './performer.ts';
import type { Deed, Where } from './program.ts';

/** What a program runs on. */
export interface Setting {
  readonly framework: 'grammY' | 'Telegraf';
  /** The storage of one process, or one behind a network, which processes share. */
  readonly storage: 'memory' | 'text';
  /** Whether conversations begin in a node. */
  readonly hasInitial: boolean;
}

/** What a program has done. */
export interface Outcome {
  /** What handlers have seen and done, and the observed events that are not commits. */
  readonly log: readonly string[];
  /** The observed commits. */
  readonly commits: readonly string[];
  /** The calls to Telegram. */
  readonly calls: readonly string[];
  /** The conversations after each deed. */
  readonly records: readonly string[];
  /** When their deadlines are due, after each deed. */
  readonly deadlines: readonly (number | undefined)[];
  /** The errors that the bot has reported. */
  readonly errors: readonly string[];
}

/** A deed that is a message. */
export type Message = Extract<Deed, { readonly do: 'says' }>;

/** Where a program is played. */
export interface Stage {
  /** Does a deed, and waits until the bot has handled it. */
  does(deed: Deed): Promise<void>;
  /** Delivers the update of the last deed again, if it was one. A handler that runs for it throws. */
  redelivers(): Promise<void>;
  /** Sends a message beside others. Its handlers perform its own scripts. */
  saysBesideOthers(message: Message): Promise<void>;
  /** Notes the conversations that a deed may have changed. */
  notes(deed: Deed): Promise<void>;
  /** Ends the process of the bot, and starts the next one. */
  restarts(): Promise<void>;
  /** Ends the bot. */
  closes(): Promise<Outcome>;
}

/** Starts a bot among its users. */
export async function openStage(setting: Setting, network?: Network): Promise<Stage> {
  const { hasInitial } = setting;
  const [, framework] = frameworks.find(
    ([name]) => name === setting.framework,
  ) as (typeof frameworks)[0];
  const clock = virtualClock();
  const storage =
    setting.storage === 'memory' ? memoryStorage({ clock }) : textStorage(clock, network);
  const performer = new Performer();
  const commits: string[] = [];
  const records: string[] = [];
  const deadlines: (number | undefined)[] = [];
  const errors: string[] = [];

  const start = () => {
    const started = startProcess(framework, performer, { storage, clock, hasInitial });
    observe(started.machine, performer.log, commits);
    return started;
  };
  let life = start();
  const world = telegram(life.bot.bot, { clock, updateId: 1 });

  /** Waits for an action in virtual time, and notes its errors. */
  async function ends(action: Promise<unknown>): Promise<void> {
    let isOver = false;
    const noted = action
      .catch((error) => errors.push(codeOf(error)))
      .finally(() => {
        isOver = true;
      });
    for (let turns = 1; !isOver; turns++) {
      await nextTurn();
      if (turns % manyTurns > 0) continue;
      if (turns > manyTurns * mostRetries) throw new Error('An action of the program never ends.');
      await clock.advance(100);
    }
    await noted;
    errors.push(...life.bot.errors.splice(0).map(codeOf));
  }

  const opening = openChats(world);
  await ends(opening);
  const chats = await opening;
  let known = world.updates.length;

  async function act(deed: Deed): Promise<unknown> {
    switch (deed.do) {
      case 'says':
        return chats.says(deed.who, deed.where, deed.text);
      case 'presses':
        return chats.presses(deed.who, deed.where, deed.button);
      case 'runs':
        return life.machine
          .at(chats.at(deed.who, deed.where))
          .run((turn) => life.perform('outside', turn));
      case 'answers': {
        const step = { id: `F:${deed.step}` } as never;
        const value = deed.step === 'name' ? 'Ann' : 'S';
        const isAccepted = await life.machine
          .at(chats.at(deed.who, deed.where))
          .answer(step, value as never);
        return performer.log.push(`the answer is accepted: ${isAccepted}`);
      }
      case 'waits':
        await clock.advance(deed.ms);
        // one deadline after the other
        while ((await life.machine.sweep(1)) > 0);
        return;
      case 'fails':
        return world.fails(deed.method, deed.failure);
      case 'repeats': {
        const update = world.updates.at(-1 - deed.update);
        return update && world.redeliver(update);
      }
    }
  }

  return {
    async does(deed) {
      known = world.updates.length;
      performer.begin(deed.scripts);
      await ends(act(deed));
    },
    async redelivers() {
      if (world.updates.length === known) return;
      performer.begin(Array.from({ length: 9 }, () => [{ verb: 'throw' }]));
      await ends(world.redeliver());
    },
    async saysBesideOthers(message) {
      performer.begin(message.scripts, world.updates.length + 1);
      await ends(chats.says(message.who, message.where, message.text));
    },
    async notes(deed) {
      const who = 'who' in deed ? deed.who : 0;
      const places: readonly Where[] = 'where' in deed ? ['private', deed.where] : ['private'];
      for (const where of places) {
        const found = await life.machine.at(chats.at(who, where)).peek();
        const { deadlineIn, ...record } = found ?? {};
        records.push(shown(record));
        deadlines.push(deadlineIn);
      }
      // two processes of a real bot never begin in the same millisecond
      await clock.advance(1);
      const keys = places.map((where) => life.machine.at(chats.at(who, where)).key);
      if ('held' in storage && (await storage.held(keys)).length > 0)
        throw new Error('A conversation is still leased after the deed.');
    },
    async restarts() {
      await ends(life.machine.stop());
      await world.restart(() => {
        life = start();
        return life.bot.bot;
      });
    },
    async closes() {
      await ends(life.machine.stop());
      await world.stop();
      const calls = world.calls.map(({ method, payload }) =>
        withoutEntries(shown([method, payload])),
      );
      return { log: performer.log, commits, calls, records, deadlines, errors };
    },
  };
}

/** Notes what a machine notifies its observers of. Failures of the storage are none of the bot's. */
function observe(machine: Process['machine'], log: string[], commits: string[]): void {
  machine.observe(({ from, to, cause, left }) => {
    commits.push(`${cause}: ${from.current} to ${to.current} ${shown(to.data)} ${shown(left)}`);
  });
  for (const event of ['sendFailed', 'inputRejected', 'deadlineFailed', 'poisoned'] as const)
    machine.observe(event, ({ error }) => void log.push(`${event}: ${codeOf(error)}`));
  machine.observe('repaired', ({ reason }) => void log.push(`repaired: ${reason}`));
  machine.observe('duplicate', () => void log.push('duplicate'));
}

/** Data of buttons names the entry of a scene, by its time and a number. */
function withoutEntries(call: string): string {
  return call.replaceAll(/\.[0-9a-z]{8}\./g, '.entry.');
}

/** Event loop turns after which an action waits for the clock, and how often it may. */
const manyTurns = 500;
const mostRetries = 100;

/** The bot of these tests: a whole machine that counts what it has handled, and writes down what it does. */

import {
  type Clock,
  type FsmStorage,
  interruptBy,
  isFsmError,
  type RawUpdate,
  scene,
  state,
  states,
  type Turn,
  typed,
} from '@telefsm/core';
import { createMachine, type UpdateMachine } from '@telefsm/core/adapter';
import { systemClock } from '@telefsm/core/tools';

/** The data of a conversation: each id that was counted, in the order of the commits. */
export interface Tally {
  readonly count: number;
  readonly ids: readonly number[];
  /** Deadlines that have passed. */
  readonly fired: number;
  /** Times that it was repaired. */
  readonly repaired: number;
}

/** A line of the log that all processes share: the order of the lines is the order of the events. */
export interface Entry {
  readonly what:
    | 'began'
    | 'ended'
    | 'fired'
    | 'said'
    | 'effect'
    | 'kept'
    | 'failed'
    | 'interrupted'
    | 'trouble';
  readonly by: string;
  readonly chat: number;
  /** Id of the update; 0 for a deadline. */
  readonly id: number;
  /** Code of the error, or its name; of trouble that nobody waits for also what was done. */
  readonly code?: string;
  /** Handlers of this process that run at this moment. */
  readonly running?: number;
}

/** One update, as a text that says what the bot is to do with it. */
export interface Order {
  readonly id: number;
  readonly chat: number;
  /**
   * `add` counts; `wait` stops in the handler first; `effect` does so too, and has an effect after its commit; `slow` gives way to other
   * work before it counts; `arm` counts and sets a deadline that passes at once; `ask` counts
   * and asks a question, which has a commit before and one after it; `twice` counts, commits, stops, and counts once more; `think` works
   * until it is interrupted, and `/stop` counts and interrupts, where the bot was told so.
   */
  readonly text: 'add' | 'wait' | 'effect' | 'slow' | 'arm' | 'ask' | 'twice' | 'think' | '/stop';
}

/** Where a bot can be stopped. */
export type Point = 'held' | 'speaking';

export interface CountingBotOptions {
  readonly storage: FsmStorage;
  readonly clock?: Clock;
  /** Name of the process in the log. */
  readonly name: string;
  readonly log: (entry: Entry) => void;
  /** Ms. */
  readonly lease?: number;
  /** Waits at a point of the way, if it is to be stopped there. */
  readonly stopAt?: (point: Point) => Promise<void> | undefined;
  /** Handlers of deadlines at once. */
  readonly parallel?: number;
  /** Commands that interrupt. */
  readonly interrupt?: readonly string[];
}

/** The bot. */
export interface CountingBot {
  readonly machine: UpdateMachine;
  /** Handles an update and writes down what came of it; never rejects. */
  handle(order: Order): Promise<Entry>;
  tally(chat: number): Promise<Tally | undefined>;
}

const nothing: Tally = { count: 0, ids: [], fired: 0, repaired: 0 };
const Counting = states('Counting', { on: state<Tally>() });
const Asking = scene('asking', { data: typed<Tally>() }).on({
  enter: () => 'Next?',
  handle: ({ data, update, stay }) => stay(counted(data, update?.update_id ?? 0)),
});

/** Makes the bot. */
export function countingBot(options: CountingBotOptions): CountingBot {
  const { storage, clock = systemClock, name, log, lease = 15_000, stopAt } = options;
  const { parallel, interrupt } = options;
  let running = 0;
  const machine = createMachine({
    states: [Counting, Asking],
    storage,
    clock,
    lease,
    history: 0,
    ...(interrupt && { waiting: { interrupt: interruptBy(interrupt) } }),
    sweep: { every: '200ms', ...(parallel === undefined ? {} : { parallel }) },
    unknownState: (_, turn) =>
      turn.state.set(Counting.on, { ...nothing, ...{ repaired: 1 } } as never),
    async onTimeout(turn) {
      log({ what: 'fired', by: name, chat: chatOf(turn), id: 0, running: ++running });
      await giveWay();
      const tally = tallyIn(turn);
      turn.state.update({ fired: tally.fired + 1 } as never);
      running--;
    },
  });
  const trouble = (during: string, error: unknown) =>
    log({
      what: 'trouble',
      by: name,
      chat: 0,
      id: 0,
      code: `${during}: ${codeOf(error)} (${(error as Error).cause})`,
    });
  machine.observe('storageFailed', ({ operation, error }) => trouble(operation, error));
  machine.observe('deadlineFailed', ({ key, error }) => trouble(`deadline of ${key}`, error));
  const bot = {
    id: 1,
    username: 'counting_bot',
    async call(method: string, payload: object) {
      const chat = Number(Reflect.get(payload, 'chat_id'));
      if (method === 'sendMessage') log({ what: 'said', by: name, chat, id: 0 });
      await stopAt?.('speaking');
      return { message_id: 1 };
    },
  };

  async function work(turn: Turn, { text }: Order): Promise<void> {
    const id = turn.update?.update_id ?? 0;
    if (text === 'wait' || text === 'effect') await stopAt?.('held');
    if (text === 'think') return think(turn);
    // counted from what the turn began with, so that a turn that went on from something older is found out
    const next = counted(tallyIn(turn), id);
    if (text === 'slow') await giveWay();
    if (text === 'effect') {
      const effect: Entry = { what: 'effect', by: name, chat: chatOf(turn), id };
      turn.state.afterCommit(() => log(effect));
    }
    if (text === 'ask') return turn.state.enter(Asking, next as never);
    turn.state.set(Counting.on, next as never);
    if (text === 'arm') turn.state.expire(1);
    if (text !== 'twice') return;
    await turn.state.commit();
    await stopAt?.('held');
    turn.state.update(counted(next, -id) as never);
  }

  /** Changes something, says so, and ends when it is interrupted. */
  async function think(turn: Turn): Promise<void> {
    turn.state.set(Counting.on, { ...nothing, count: 1000 } as never);
    const { signal } = turn;
    const interrupted = new Promise<void>((resolve) => {
      signal.addEventListener('abort', () => {
        const id = turn.update?.update_id ?? 0;
        const code = codeOf(signal.reason);
        log({ what: 'interrupted', by: name, chat: chatOf(turn), id, code });
        resolve();
      });
    });
    await stopAt?.('held');
    await interrupted;
  }

  return {
    machine,
    async handle(order) {
      const { id, chat } = order;
      const about = { by: name, chat, id };
      let entry: Entry;
      try {
        await machine.handle(updateOf(order), bot, async (turn) => {
          log({ what: 'began', ...about, running: ++running });
          try {
            await work(turn, order);
          } finally {
            running--;
            log({ what: 'ended', ...about });
          }
        });
        entry = { what: 'kept', ...about };
      } catch (error) {
        entry = { what: 'failed', ...about, code: codeOf(error) };
      }
      log(entry);
      return entry;
    },
    async tally(chat) {
      const found = await machine.at({ bot: bot.id, user: chat, chat }).peek();
      return found && { ...nothing, ...found.data };
    },
  };
}

/** A private message. */
export function updateOf({
  id,
  chat,
  text,
}: Omit<Order, 'text'> & { readonly text: string }): RawUpdate {
  const from = { id: chat, is_bot: false, first_name: 'Ann' };
  return {
    update_id: id,
    message: { message_id: id, date: 0, chat: { id: chat, type: 'private' }, from, text },
  };
}

function counted(tally: Tally, id: number): Tally {
  return { ...tally, count: tally.count + 1, ids: [...tally.ids, id] };
}

function tallyIn({ state }: Turn): Tally {
  return { ...nothing, ...state.data };
}

function codeOf(error: unknown): string {
  return isFsmError(error) ? error.code : String(error);
}

/** Lets everything else in the process run, so that handlers overlap if nothing keeps them apart. */
async function giveWay(): Promise<void> {
  for (let turns = 0; turns < 20; turns++) await new Promise((resolve) => setImmediate(resolve));
}

function chatOf({ subject }: Turn): number {
  return subject.chat ?? 0;
}

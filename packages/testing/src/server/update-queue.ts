/** Updates on their way to the bot: kept until confirmed or expired, handed out by long polling (Bot API, getUpdates). */
import type { Clock, RawUpdate } from '@telefsm/core';
import { type ApiAnswer, rejectionOf } from '../cloud/answer.ts';
import type { Payload } from '../cloud/raw.ts';
import { listOf, numberOf } from '../methods/parameters.ts';
import { optInUpdateTypes, type UpdateType } from '../update-types.ts';

/** An update that the bot has not confirmed. */
export interface Pending {
  readonly update: RawUpdate;
  readonly type: string;
  /** When Telegram gives it up, in ms since 1970. */
  readonly expires: number;
  /** Delivered again by a test: confirmed only after it has been handed out once more, whatever its number. */
  fresh: boolean;
  readonly done: () => void;
}

/** The connection of a poller: nothing is handed out to one that has gone. */
export interface Connection {
  readonly destroyed: boolean;
  once(event: 'close', listener: () => void): unknown;
}

/** Updates on their way. */
export interface UpdateQueue {
  readonly pending: readonly Pending[];
  /** Adds an update; resolves when it is confirmed, given up, or not wanted by the bot. */
  push(update: RawUpdate, again?: boolean): Promise<void>;
  /** Takes an update off: the bot has it. */
  confirm(entry: Pending): void;
  /** Takes off what nobody has fetched in time. */
  expire(): void;
  /** Takes off everything. */
  drop(): void;
  /** Sets which types the bot gets; an empty list means Telegram's default types. */
  allow(types: readonly string[]): void;
  readonly allowed: readonly string[];
  /** Answers `getUpdates`, immediately or when there is something; a later request ends an earlier one. */
  poll(parameters: Payload, connection: Connection): Promise<ApiAnswer>;
  /** Called for every new update; the webhook listens. */
  onPush: ((entry: Pending) => void) | undefined;
  /** Ends the long-polling request that is open. */
  release(): void;
}

const day = 24 * 3_600_000;
/** How long Telegram keeps what is not answered, by type, in ms. */
const lifetimes: Readonly<Record<string, number>> = {
  callback_query: 150_000,
  shipping_query: 150_000,
  pre_checkout_query: 150_000,
  inline_query: 30_000,
};

const conflict = rejectionOf({ error_code: 409 });

/** Makes an empty queue; `next` returns the number of the next update. */
export function makeUpdateQueue(clock: Clock, next: () => number): UpdateQueue {
  const pending = new Set<Pending>();
  let held: ((answer: ApiAnswer | undefined) => void) | undefined;

  function take(entry: Pending): void {
    if (pending.delete(entry)) entry.done();
  }

  function confirmBelow(offset: number): void {
    let tail = next();
    for (const { update } of pending) tail = Math.max(tail, update.update_id + 1);
    // Numbers may start anew below those that the bot has confirmed: an offset beyond all of them confirms nothing.
    if (offset > tail) return;
    for (const entry of pending) if (!entry.fresh && entry.update.update_id < offset) take(entry);
  }

  const queue: UpdateQueue = {
    get pending() {
      return [...pending];
    },
    allowed: [],
    onPush: undefined,
    push(update, again = false) {
      const type = Object.keys(update).find((key) => key !== 'update_id') ?? '';
      const wanted =
        queue.allowed.length === 0
          ? !optInUpdateTypes.includes(type as UpdateType)
          : queue.allowed.includes(type);
      if (!wanted) return Promise.resolve();
      return new Promise((done) => {
        const expires = clock.now() + (lifetimes[type] ?? day);
        const entry: Pending = { update, type, expires, fresh: again, done };
        pending.add(entry);
        held?.(undefined);
        queue.onPush?.(entry);
      });
    },
    confirm: take,
    expire() {
      for (const entry of pending) if (entry.expires <= clock.now()) take(entry);
    },
    drop() {
      for (const entry of pending) take(entry);
    },
    allow(types) {
      (queue as { allowed: readonly string[] }).allowed = [...types];
    },
    release: () => held?.(conflict),
    async poll(parameters, connection) {
      held?.(conflict);
      if (parameters['allowed_updates'] !== undefined)
        queue.allow(listOf(parameters, 'allowed_updates') as readonly string[]);
      const offset = numberOf(parameters, 'offset') ?? 0;
      const limit = Math.min(Math.max(numberOf(parameters, 'limit') ?? 100, 1), 100);
      const timeout = Math.min(Math.max(numberOf(parameters, 'timeout') ?? 0, 0), 50);
      queue.expire();
      if (offset < 0) for (const entry of [...pending].slice(0, offset)) take(entry);
      else if (offset > 0) confirmBelow(offset);
      if (pending.size === 0 && timeout > 0) {
        const refusal = await holdOpen(timeout * 1000, connection);
        if (refusal !== undefined) return refusal;
        queue.expire();
      }
      const handed = connection.destroyed ? [] : [...pending].slice(0, limit);
      for (const entry of handed) entry.fresh = false;
      return { ok: true, result: handed.map(({ update }) => update) };
    },
  };
  return queue;

  /** Waits for an update, the time-out, another poller or the end of the connection. */
  function holdOpen(ms: number, connection: Connection): Promise<ApiAnswer | undefined> {
    return new Promise((resolve) => {
      const end = (answer: ApiAnswer | undefined): void => {
        clock.clearTimeout(timer);
        if (held === end) held = undefined;
        resolve(answer);
      };
      const timer = clock.setTimeout(() => end(undefined), ms);
      held = end;
      connection.once('close', () => end(undefined));
    });
  }
}

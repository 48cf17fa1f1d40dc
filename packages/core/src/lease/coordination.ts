/** Coordination between processes: conversations are acquired by leases, which are renewed while their turns run. */

import { FsmError } from '../base/errors.ts';
import type { Awaitable } from '../base/type-tools.ts';
import type { Acquired, LeaseHolder } from '../storage/statements.ts';
import { leaseTimes } from '../storage/times.ts';
import {
  backoff,
  faultOf,
  isOwnToken,
  jitter,
  newToken,
  storageFailed,
  TimedOut,
} from './calls.ts';
import { type Gate, gateOf } from './gate.ts';
import type {
  Coordination,
  Hold,
  Interruption,
  LeaseOptions,
  Leases,
  TakeOptions,
} from './lease.ts';
import { Mailbox } from './mailbox.ts';
import { Notes } from './notes.ts';
import { type LeaseRoom, SharedHold } from './shared-hold.ts';
import { type WakeUps, wakeUpsOf } from './wake-ups.ts';

/**
 * Shares conversations between processes by leases: what every shared storage gives as its `coordination`.
 *
 * @example
 * ```ts
 * import type { FsmStorage } from '@telefsm/core';
 * import { sharedLeases } from '@telefsm/core/storage';
 *
 * declare const statements: Omit<FsmStorage, 'coordination'>;
 * const storage: FsmStorage = { ...statements, coordination: sharedLeases };
 * ```
 */
export const sharedLeases: Coordination = (options) => new SharedLeases(options);

/** What an attempt to acquire a conversation hears. */
type News =
  | { readonly answer: Acquired; readonly sentAt: number }
  | { readonly failed: unknown }
  | 'handed over'
  | { readonly gaveUp: unknown };

/** One attempt to acquire a conversation; its requests have one token. */
interface Taking {
  readonly key: string;
  readonly token: string;
  /** Whether it may wait, and so register as a waiter. */
  readonly waits: boolean;
  readonly news: Mailbox<News>;
  /** An answer that still comes is for nobody. */
  isOver: boolean;
}

/** Tokens of this process whose attempt or turn is not over; what another one holds is a late grant. */
const inUse = new Set<string>();
/** How many attempts that gave up are remembered, for conversations that are handed to them later. */
const mostRemembered = 1000;

/** The {@link Leases} of a shared storage. */
class SharedLeases implements Leases, LeaseRoom {
  readonly options: LeaseOptions;
  /** Ms that a lease lasts before its first renewal. */
  readonly short: number;
  readonly #gate: Gate;
  readonly #wakeUps: WakeUps;
  readonly #notes: Notes;
  readonly #live = new Map<string, SharedHold>();
  readonly #takings = new Map<string, Taking>();
  /** The keys of attempts that gave up while they were registered as waiters, by token. */
  readonly #gaveUp = new Map<string, string>();
  #timer: unknown;
  #hasAnswered = false;

  constructor(options: LeaseOptions) {
    const { storage, clock, report, lease } = options;
    this.options = options;
    this.short = lease / 3;
    this.#gate = gateOf(storage);
    this.#wakeUps = wakeUpsOf(storage, clock, this.#handedOver, report);
    this.#notes = new Notes({
      storage,
      clock,
      report,
      send: (statement) => this.urgent(statement),
    });
  }

  get size(): number {
    return this.#live.size;
  }

  has(hold: SharedHold): boolean {
    return this.#live.get(hold.token) === hold;
  }

  /** The turn of a hold has ended. */
  over(hold: SharedHold): void {
    if (this.has(hold)) this.#live.delete(hold.token);
    inUse.delete(hold.token);
    this.#notes.unwatch(hold.token);
  }

  /** Sends a statement that ends, extends or proves a turn. */
  urgent<T>(
    statement: () => Awaitable<T>,
    isRepeated = false,
    late: (value: T) => void = () => {},
  ): Promise<T> {
    const { clock } = this.options;
    return this.#gate.send(statement, { isUrgent: true, clock, isRepeated, late });
  }

  ask<T>(statement: () => Awaitable<T>): Promise<T> {
    return this.#gate.send(statement, { isUrgent: false, clock: this.options.clock });
  }

  async take(key: string, options: TakeOptions): Promise<Hold | undefined> {
    const { bound } = options;
    const { clock } = this.options;
    const token = newToken();
    const news = new Mailbox<News>(clock);
    const taking: Taking = { key, token, waits: bound > 0, news, isOver: false };
    this.#takings.set(token, taking);
    inUse.add(token);
    // asked again at once: the answer names the turn that is to end
    const askAgain = () => news.put('handed over');
    const signal = options.interruption?.signal;
    signal?.addEventListener('abort', askAgain);
    try {
      const hold = await this.#acquire(taking, options);
      if (hold === undefined) this.#giveUp(taking);
      return hold;
    } catch (error) {
      this.#giveUp(taking);
      throw error;
    } finally {
      signal?.removeEventListener('abort', askAgain);
      taking.isOver = true;
      this.#takings.delete(token);
    }
  }

  giveUp(reason: unknown): void {
    for (const { news } of this.#takings.values()) news.put({ gaveUp: reason });
  }

  stop(): void {
    if (this.#timer !== undefined) this.options.clock.clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#wakeUps.close();
    this.#notes.stop();
  }

  async #acquire(
    taking: Taking,
    { bound, onBusy, interruption }: TakeOptions,
  ): Promise<SharedHold | undefined> {
    const { storage, clock } = this.options;
    const { key, news } = taking;
    const start = clock.monotonic();
    const left = () => (bound > 0 ? bound - (clock.monotonic() - start) : Number.POSITIVE_INFINITY);
    let askIn = 0;
    let failures = 0;
    let rounds = 0;
    let isSecond = false;
    let cause: unknown;
    let interrupted: string | undefined;
    for (;;) {
      const item = await news.take(Math.min(askIn, left()));
      if (item === undefined && left() <= 0) throw this.#timedOut(key, start, cause);
      if (item === undefined || item === 'handed over') {
        this.#ask(taking, failures > 0);
        askIn = Number.POSITIVE_INFINITY;
        continue;
      }
      if ('gaveUp' in item) throw item.gaveUp;
      if ('failed' in item) {
        // a certain cause says more than a time-out after it
        if (cause === undefined || !(item.failed instanceof TimedOut)) cause = item.failed;
        const spent = clock.monotonic() - start;
        if (this.#isHopeless(item.failed, failures, spent, bound)) {
          throw storageFailed(key, 'acquire', cause);
        }
        askIn = backoff(failures++);
        continue;
      }
      this.#hasAnswered = true;
      failures = 0;
      cause = undefined;
      const { answer, sentAt } = item;
      if (!('busy' in answer)) {
        const isFresh = clock.monotonic() - sentAt <= this.short / 2;
        if (isFresh || isSecond) return this.#held(taking, answer, sentAt, interruption);
        // most of the lease was spent on the way: the same token extends it
        isSecond = true;
        askIn = 0;
        continue;
      }
      if (!taking.waits) return undefined;
      if (isOwnToken(answer.owner) && !inUse.has(answer.owner)) {
        const late = { token: answer.owner, fence: answer.fence };
        await this.urgent(() => storage.release(key, late)).catch(() => {});
        askIn = rounds++ === 0 ? 0 : backoff(rounds);
        continue;
      }
      if (rounds === 0) onBusy?.(answer);
      const interrupter = interruption?.interrupter();
      const note = `${answer.owner} ${interrupter}`;
      if (interrupter !== undefined && note !== interrupted) {
        interrupted = note;
        void this.#notes.leave(answer.owner, interrupter);
      }
      if (!this.#wakeUps.isOpen && (await this.#wakeUps.open())) {
        // asked again at once, so that no message is missed
        askIn = 0;
        rounds++;
        continue;
      }
      askIn = this.#wakeUps.isOpen
        ? Math.min(answer.busy, leaseTimes.handOver) + jitter(20)
        : Math.min(answer.busy + 1, 10 * 1.5 ** Math.min(rounds, 6)) + jitter(5);
      rounds++;
    }
  }

  #ask(taking: Taking, isRepeated: boolean): void {
    const { storage, clock } = this.options;
    const { key, token, waits, news } = taking;
    let sentAt = 0;
    const answered = (answer: Acquired) => {
      if (!taking.isOver) news.put({ answer, sentAt });
      else if (!('busy' in answer)) this.#late(key, { token, fence: answer.fence });
    };
    const send = () => {
      sentAt = clock.monotonic();
      const queue = waits && this.#wakeUps.isOpen;
      return storage.acquire(key, { token, lease: this.short, queue });
    };
    const isWanted = () => !taking.isOver;
    this.#gate
      .send(send, { isUrgent: false, clock, isRepeated, isWanted, late: answered })
      .then(answered, (failed) => news.put({ failed }));
  }

  #held(
    taking: Taking,
    answer: Exclude<Acquired, { busy: number }>,
    sentAt: number,
    interruption: Interruption | undefined,
  ): SharedHold {
    const { key, token } = taking;
    const { fence, stored } = answer;
    const hold = new SharedHold(this, key, { token, fence }, stored, sentAt + this.short);
    this.#live.set(token, hold);
    if (interruption !== undefined) this.#notes.watch(token, interruption);
    this.#arm();
    return hold;
  }

  /** A grant that nobody waits for any more. While its turn runs it may be the turn's own, under the fence of an unanswered commit. */
  #late(key: string, holder: LeaseHolder): void {
    const { storage, report } = this.options;
    if (inUse.has(holder.token)) return;
    this.urgent(() => storage.release(key, holder)).catch((error) => report('release', error));
  }

  readonly #handedOver = (token: string, fence: number): void => {
    const taking = this.#takings.get(token);
    if (taking !== undefined) {
      taking.news.put('handed over');
      return;
    }
    const key = this.#gaveUp.get(token);
    this.#gaveUp.delete(token);
    if (key !== undefined) this.#late(key, { token, fence });
  };

  #giveUp({ key, token, waits }: Taking): void {
    inUse.delete(token);
    if (!waits || !this.#wakeUps.isOpen) return;
    this.#gaveUp.set(token, key);
    if (this.#gaveUp.size <= mostRemembered) return;
    for (const oldest of this.#gaveUp.keys()) {
      this.#gaveUp.delete(oldest);
      return;
    }
  }

  /** Whether a failed acquire is not worth another try. */
  #isHopeless(error: unknown, failures: number, spent: number, bound: number): boolean {
    const { storage, lease } = this.options;
    if (faultOf(storage, error) === 'fatal') return true;
    // never reached, and rejected: a wrong address, not a restart
    if (!this.#hasAnswered && isRefused(error)) return true;
    // a storage that sorts its errors is worth waiting for; of another, three tries show enough
    const patience = storage.classify === undefined ? 0 : Math.min(bound, lease);
    return failures >= 2 && spent >= patience;
  }

  #timedOut(key: string, start: number, cause: unknown): FsmError {
    if (cause !== undefined) return storageFailed(key, 'acquire', cause);
    const ms = Math.round(this.options.clock.monotonic() - start);
    return new FsmError('WAIT_TIMEOUT', { key, ms });
  }

  /** One timer for all leases. It continues for as long as there is any, so a quick turn neither sets nor clears one. */
  #arm(): void {
    const { clock, longest } = this.options;
    this.#timer ??= clock.setTimeout(this.#tick, Math.min(this.short / 3, longest));
  }

  readonly #tick = (): void => {
    const { clock, longest } = this.options;
    this.#timer = undefined;
    const now = clock.monotonic();
    for (const hold of [...this.#live.values()]) {
      if (now - hold.startedAt > longest) hold.lose();
      else hold.renew();
    }
    if (this.#live.size > 0) this.#arm();
  };
}

/** Nobody listens there, or there is no such host. */
function isRefused(error: unknown): boolean {
  const { code } = Object(error) as { readonly code?: unknown };
  return code === 'ECONNREFUSED' || code === 'ENOTFOUND';
}

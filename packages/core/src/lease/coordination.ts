/** Coordination between processes: conversations are acquired by leases, which are renewed while their turns run. */

import type { Clock } from '../base/clock.ts';
import type { Awaitable } from '../base/type-tools.ts';
import type { Granted, LeaseHolder } from '../storage/statements.ts';
import { Acquiring, type AcquiringRoom } from './acquiring.ts';
import { isOwnToken } from './calls.ts';
import { type DueAt, DueTimer } from './due.ts';
import { type Gate, gateOf, type InFlight, type Sender } from './gate.ts';
import type { Coordination, Lease, LeaseOptions, Leases, WaitOptions } from './lease.ts';
import { LiveList } from './live.ts';
import { Notes } from './notes.ts';
import { type LeaseRoom, SharedLease } from './shared-lease.ts';
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

/** All attempts of this process, and the leases that they have become; a lease with another token is a late grant. */
const turns = /* @__PURE__ */ new LiveList<Acquiring | SharedLease>();
/** How many attempts that gave up are remembered, for conversations that are handed to them later. */
const mostRemembered = 1000;

/** The attempt or lease with a token. */
function turnOf(wanted: string): Acquiring | SharedLease | undefined {
  return turns.find(({ token }) => token === wanted);
}

/** The {@link Leases} of a shared storage. */
class SharedLeases implements Leases, LeaseRoom, AcquiringRoom, Sender {
  readonly options: LeaseOptions;
  readonly clock: Clock;
  /** Ms that a lease lasts before its first renewal. */
  readonly short: number;
  readonly gate: Gate;
  readonly inFlight = new LiveList<InFlight>();
  readonly wakeUps: WakeUps;
  readonly notes: Notes;
  hasAnswered = false;
  isStopped = false;
  /** The keys of attempts that gave up while they were registered as waiters, by token. */
  readonly #gaveUp = new Map<string, string>();
  /** One for all turns, and the statements in flight. */
  readonly timer: DueTimer;

  constructor(options: LeaseOptions) {
    const { storage, clock, report, lease } = options;
    this.options = options;
    this.clock = clock;
    this.timer = new DueTimer(clock, (now) => this.#tick(now));
    this.short = lease / 3;
    this.gate = gateOf(storage);
    this.wakeUps = wakeUpsOf(storage, clock, this.#handedOver, report);
    this.notes = new Notes({
      storage,
      clock,
      report,
      send: (statement) => this.urgent(statement),
    });
  }

  has(lease: SharedLease): boolean {
    return turns.has(lease);
  }

  /** The turn of a lease has ended. */
  over(lease: SharedLease): void {
    turns.delete(lease);
    this.notes.unwatch(lease.token);
  }

  urgent<T>(statement: () => Awaitable<T>): Promise<T> {
    return this.gate.ask(statement, true, this);
  }

  ask<T>(statement: () => Awaitable<T>): Promise<T> {
    return this.gate.ask(statement, false, this);
  }

  acquire(key: string, options: WaitOptions): Promise<Lease | undefined> {
    // a machine may be started again
    this.isStopped = false;
    const attempt = new Acquiring(this, key, options);
    turns.add(attempt);
    return attempt.acquired();
  }

  giveUp(reason: unknown): void {
    for (const turn of this.#turns()) if (turn instanceof Acquiring) turn.giveUp(reason);
  }

  stop(): void {
    this.isStopped = true;
    // statements in flight keep their bounds
    if (this.#soonest() === Number.POSITIVE_INFINITY) this.timer.stop();
    this.wakeUps.close();
    this.notes.stop();
  }

  granted(attempt: Acquiring, { fence, stored }: Granted, now: number, until: number): Lease {
    const { key, token, options } = attempt;
    const lease = new SharedLease(this, key, { token, fence }, stored, now, until);
    turns.replace(attempt, lease);
    if (options.interruption !== undefined) this.notes.watch(token, options.interruption);
    this.timer.by(lease.dueAt);
    return lease;
  }

  isLate({ token }: LeaseHolder): boolean {
    return isOwnToken(token) && turnOf(token) === undefined;
  }

  /** A grant that nobody waits for any more. While its turn runs it may be the turn's own, under the fence of an unanswered commit. */
  late(key: string, holder: LeaseHolder): void {
    const { storage, report } = this.options;
    if (!this.isLate(holder)) return;
    this.urgent(() => storage.release(key, holder)).catch((error) => report('release', error));
  }

  readonly #handedOver = (token: string, fence: number): void => {
    if (!isOwnToken(token)) return;
    const turn = turnOf(token);
    // each machine on the storage is notified
    if (turn instanceof Acquiring && turn.leases === this) turn.askAgain();
    const key = this.#gaveUp.get(token);
    this.#gaveUp.delete(token);
    if (key !== undefined) this.late(key, { token, fence });
  };

  gaveUp(attempt: Acquiring): void {
    const { key, token, waits } = attempt;
    turns.delete(attempt);
    if (!waits || !this.wakeUps.isOpen) return;
    this.#gaveUp.set(token, key);
    if (this.#gaveUp.size <= mostRemembered) return;
    for (const oldest of this.#gaveUp.keys()) {
      this.#gaveUp.delete(oldest);
      return;
    }
  }

  #tick(now: number): DueAt {
    for (const turn of this.#turns()) turn.tick(now);
    for (const statement of this.inFlight.now()) statement.tick(now);
    return this.#soonest();
  }

  #soonest(): DueAt {
    let soonest = Number.POSITIVE_INFINITY;
    for (const { dueAt } of this.#turns()) soonest = Math.min(soonest, dueAt);
    for (const { dueAt } of this.inFlight.now()) soonest = Math.min(soonest, dueAt);
    return soonest;
  }

  /** The turns of this machine. */
  #turns(): readonly (Acquiring | SharedLease)[] {
    return turns.now().filter(({ leases }) => leases === this);
  }
}

/** Coordination between processes: conversations are acquired by leases, which are renewed while their turns run. */

import type { Awaitable } from '../base/type-tools.ts';
import type { LeaseHolder } from '../storage/statements.ts';
import { Acquiring, type AcquiringRoom, type Grant } from './acquiring.ts';
import { isOwnToken } from './calls.ts';
import { type Gate, gateOf } from './gate.ts';
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
class SharedLeases implements Leases, LeaseRoom, AcquiringRoom {
  readonly options: LeaseOptions;
  /** Ms that a lease lasts before its first renewal. */
  readonly short: number;
  readonly gate: Gate;
  readonly wakeUps: WakeUps;
  readonly notes: Notes;
  hasAnswered = false;
  /** The keys of attempts that gave up while they were registered as waiters, by token. */
  readonly #gaveUp = new Map<string, string>();
  #timer: unknown;

  constructor(options: LeaseOptions) {
    const { storage, clock, report, lease } = options;
    this.options = options;
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

  has(hold: SharedLease): boolean {
    return turns.has(hold);
  }

  /** The turn of a lease has ended. */
  over(hold: SharedLease): void {
    turns.delete(hold);
    this.notes.unwatch(hold.token);
  }

  urgent<T>(statement: () => Awaitable<T>): Promise<T> {
    return this.gate.ask(statement, true, this.options.clock);
  }

  ask<T>(statement: () => Awaitable<T>): Promise<T> {
    return this.gate.ask(statement, false, this.options.clock);
  }

  acquire(key: string, options: WaitOptions): Promise<Lease | undefined> {
    const attempt = new Acquiring(this, key, options);
    turns.add(attempt);
    return attempt.acquired();
  }

  giveUp(reason: unknown): void {
    for (const turn of this.#turns()) if (turn instanceof Acquiring) turn.giveUp(reason);
  }

  stop(): void {
    if (this.#timer !== undefined) this.options.clock.clearTimeout(this.#timer);
    this.#timer = undefined;
    this.wakeUps.close();
    this.notes.stop();
  }

  granted(attempt: Acquiring, { fence, stored, until }: Grant): Lease {
    const { key, token, options } = attempt;
    const lease = new SharedLease(this, key, { token, fence }, stored, until);
    turns.replace(attempt, lease);
    if (options.interruption !== undefined) this.notes.watch(token, options.interruption);
    this.#arm();
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
    if (turn instanceof Acquiring) {
      turn.askAgain();
      return;
    }
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

  /** One timer for all turns. It continues for as long as there is any, so a quick turn neither sets nor clears one. */
  #arm(): void {
    const { clock, longest } = this.options;
    this.#timer ??= clock.setTimeout(this.#tick, Math.min(this.short / 3, longest));
  }

  readonly #tick = (): void => {
    const { clock, longest } = this.options;
    this.#timer = undefined;
    const now = clock.monotonic();
    for (const turn of this.#turns()) {
      if (turn instanceof Acquiring) continue;
      if (now - turn.startedAt > longest) turn.lose();
      else turn.renew();
    }
    if (this.#turns().length > 0) this.#arm();
  };

  /** The turns of this machine. */
  #turns(): readonly (Acquiring | SharedLease)[] {
    return turns.now().filter(({ leases }) => leases === this);
  }
}

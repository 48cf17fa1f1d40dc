/** Coordination between processes: conversations are acquired by leases, which are renewed while their turns run. */

import type { Awaitable } from '../base/type-tools.ts';
import type { LeaseHolder } from '../storage/statements.ts';
import { Acquiring, type AcquiringRoom, type Grant } from './acquiring.ts';
import { isOwnToken } from './calls.ts';
import { type Gate, gateOf } from './gate.ts';
import type {
  Coordination,
  Interruption,
  Lease,
  LeaseOptions,
  Leases,
  WaitOptions,
} from './lease.ts';
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

/** Tokens of this process whose attempt or turn is not over; a lease with another token is a late grant. */
const inUse = new Set<string>();
/** How many attempts that gave up are remembered, for conversations that are handed to them later. */
const mostRemembered = 1000;

/** The {@link Leases} of a shared storage. */
class SharedLeases implements Leases, LeaseRoom, AcquiringRoom {
  readonly options: LeaseOptions;
  /** Ms that a lease lasts before its first renewal. */
  readonly short: number;
  readonly gate: Gate;
  readonly wakeUps: WakeUps;
  readonly notes: Notes;
  hasAnswered = false;
  readonly #live = new Map<string, SharedLease>();
  readonly #takings = new Map<string, Acquiring>();
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

  get size(): number {
    return this.#live.size;
  }

  has(hold: SharedLease): boolean {
    return this.#live.get(hold.holder.token) === hold;
  }

  /** The turn of a lease has ended. */
  over(hold: SharedLease): void {
    const { token } = hold.holder;
    if (this.has(hold)) this.#live.delete(token);
    inUse.delete(token);
    this.notes.unwatch(token);
  }

  /** Sends a statement that ends, extends or proves a turn. */
  urgent<T>(
    statement: () => Awaitable<T>,
    isRepeated = false,
    late: (value: T) => void = () => {},
  ): Promise<T> {
    const { clock } = this.options;
    return this.gate.send(statement, { isUrgent: true, clock, isRepeated, late });
  }

  ask<T>(statement: () => Awaitable<T>): Promise<T> {
    return this.gate.send(statement, { isUrgent: false, clock: this.options.clock });
  }

  async acquire(key: string, options: WaitOptions): Promise<Lease | undefined> {
    const taking = new Acquiring(this, key, options);
    const { token } = taking;
    this.#takings.set(token, taking);
    inUse.add(token);
    try {
      const grant = await taking.acquired();
      if (grant !== undefined) return this.#held(taking, grant, options.interruption);
      this.#giveUp(taking);
      return undefined;
    } catch (error) {
      this.#giveUp(taking);
      throw error;
    } finally {
      taking.isOver = true;
      this.#takings.delete(token);
    }
  }

  giveUp(reason: unknown): void {
    for (const taking of this.#takings.values()) taking.giveUp(reason);
  }

  stop(): void {
    if (this.#timer !== undefined) this.options.clock.clearTimeout(this.#timer);
    this.#timer = undefined;
    this.wakeUps.close();
    this.notes.stop();
  }

  #held(
    { key, token }: Acquiring,
    { fence, stored, until }: Grant,
    interruption: Interruption | undefined,
  ): SharedLease {
    const hold = new SharedLease(this, key, { token, fence }, stored, until);
    this.#live.set(token, hold);
    if (interruption !== undefined) this.notes.watch(token, interruption);
    this.#arm();
    return hold;
  }

  isLate({ token }: LeaseHolder): boolean {
    return isOwnToken(token) && !inUse.has(token);
  }

  /** A grant that nobody waits for any more. While its turn runs it may be the turn's own, under the fence of an unanswered commit. */
  late(key: string, holder: LeaseHolder): void {
    const { storage, report } = this.options;
    if (!this.isLate(holder)) return;
    this.urgent(() => storage.release(key, holder)).catch((error) => report('release', error));
  }

  readonly #handedOver = (token: string, fence: number): void => {
    const taking = this.#takings.get(token);
    if (taking !== undefined) {
      taking.askAgain();
      return;
    }
    const key = this.#gaveUp.get(token);
    this.#gaveUp.delete(token);
    if (key !== undefined) this.late(key, { token, fence });
  };

  #giveUp({ key, token, waits }: Acquiring): void {
    inUse.delete(token);
    if (!waits || !this.wakeUps.isOpen) return;
    this.#gaveUp.set(token, key);
    if (this.#gaveUp.size <= mostRemembered) return;
    for (const oldest of this.#gaveUp.keys()) {
      this.#gaveUp.delete(oldest);
      return;
    }
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

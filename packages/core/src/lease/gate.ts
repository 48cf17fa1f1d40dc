/**
 * The gate of a storage: not more statements at once than it executes, and first those that a turn has to end with.
 *
 * Without it a burst of updates queues in the driver. There every commit waits behind all acquires, and each turn keeps its lease for as long
 * as that queue is; statements would be given up that were never sent.
 */

import type { Clock } from '../base/clock.ts';
import type { Awaitable } from '../base/type-tools.ts';
import type { StorageStatements } from '../storage/statements.ts';
import { callBound, isPromise, TimedOut } from './calls.ts';

/** How a statement passes the gate. */
export interface Passing<T> {
  /** Whether it ends or extends a turn that runs: those pass before statements that begin one. */
  readonly isUrgent: boolean;
  readonly clock: Clock;
  /** Sent before, and not answered in time: it goes to the front. */
  readonly isRepeated?: boolean;
  /** Asked when it would be sent; `false` drops it. */
  readonly isWanted?: () => boolean;
  /** Gets an answer that came after {@link callBound}. */
  readonly late?: (value: T) => void;
}

/** Lets the statements of one storage pass. */
export class Gate {
  readonly #storage: StorageStatements;
  readonly #urgent: (() => void)[] = [];
  readonly #others: (() => void)[] = [];
  /** Statements that were sent and are within their bound. */
  #running = 0;
  /** Statements beyond it whose slot was given to others; at most as many as there are slots. */
  #overdue = 0;

  constructor(storage: StorageStatements) {
    this.#storage = storage;
  }

  /**
   * Sends a statement in its turn.
   *
   * @throws TimedOut if it is not answered in {@link callBound} ms from sending it; what the storage throws
   */
  send<T>(statement: () => Awaitable<T>, passing: Passing<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const start = () => {
        // the caller that drops a statement no longer awaits it
        if (passing.isWanted?.() !== false) this.#start(statement, passing, resolve, reject);
      };
      if (this.#running < this.#width) return start();
      const lane = passing.isUrgent ? this.#urgent : this.#others;
      if (passing.isRepeated === true) lane.unshift(start);
      else lane.push(start);
    });
  }

  get #width(): number {
    return Math.max(1, this.#storage.features.parallel ?? Number.POSITIVE_INFINITY);
  }

  #start<T>(
    statement: () => Awaitable<T>,
    { clock, late }: Passing<T>,
    resolve: (value: T) => void,
    reject: (error: unknown) => void,
  ): void {
    let answer: Awaitable<T>;
    try {
      answer = statement();
    } catch (error) {
      reject(error);
      return;
    }
    if (!isPromise(answer)) {
      resolve(answer);
      return;
    }
    this.#running++;
    let isLate = false;
    let hasSlot = true;
    const timer = clock.setTimeout(() => {
      isLate = true;
      if (this.#overdue < this.#width) {
        hasSlot = false;
        this.#overdue++;
        this.#running--;
      }
      // first the one who waits, so that a repetition gets the slot
      reject(new TimedOut());
      this.#next();
    }, callBound);
    const ended = () => {
      clock.clearTimeout(timer);
      if (hasSlot) this.#running--;
      else this.#overdue--;
      this.#next();
    };
    answer.then(
      (value) => {
        if (isLate) late?.(value);
        else resolve(value);
        ended();
      },
      (error) => {
        if (!isLate) reject(error);
        ended();
      },
    );
  }

  #next(): void {
    while (this.#running < this.#width) {
      const start = this.#urgent.shift() ?? this.#others.shift();
      if (start === undefined) return;
      start();
    }
  }
}

const gates = new WeakMap<StorageStatements, Gate>();

/** The gate of a storage, shared by all machines of this process. */
export function gateOf(storage: StorageStatements): Gate {
  const gate = gates.get(storage) ?? new Gate(storage);
  gates.set(storage, gate);
  return gate;
}

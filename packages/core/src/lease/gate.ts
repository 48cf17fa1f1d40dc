/**
 * The gate of a storage: not more statements at once than it executes, and first those that a turn has to end with.
 *
 * Without it a burst of updates queues in the driver. There every commit waits behind all acquires, and each turn keeps its lease for as long
 * as that queue is; statements would be given up that were never sent.
 */

import { isPromise } from '../base/awaitable.ts';
import type { Clock } from '../base/clock.ts';
import type { Awaitable } from '../base/type-tools.ts';
import type { StorageStatements } from '../storage/statements.ts';
import { callBound, TimedOut } from './calls.ts';

/** A statement that passes the gate, and gets its answer. */
export interface Statement<T> {
  readonly clock: Clock;
  /** Whether it ends or extends a turn that runs: those pass before statements that begin one. */
  readonly isUrgent: boolean;
  /** Sent before, and not answered in time: it goes to the front. */
  readonly isRepeated?: boolean;
  /** Asked when it would be sent; `false` drops it. */
  isWanted?(): boolean;
  send(): Awaitable<T>;
  /** Gets the answer, however late it comes. */
  answered(value: T): void;
  /** Gets what the storage throws, and `TimedOut` if there is no answer {@link callBound} ms after sending it. */
  failed(error: unknown): void;
}

/** Lets the statements of one storage pass. */
export class Gate {
  readonly #storage: StorageStatements;
  readonly #urgent: Statement<unknown>[] = [];
  readonly #others: Statement<unknown>[] = [];
  /** Statements that were sent and are within their bound. */
  #running = 0;
  /** Statements beyond it whose slot was given to others; at most as many as there are slots. */
  #overdue = 0;

  constructor(storage: StorageStatements) {
    this.#storage = storage;
  }

  /** Sends a statement in its turn. */
  pass<T>(statement: Statement<T>): void {
    const lane = statement.isUrgent ? this.#urgent : this.#others;
    if (this.#running < this.#width) this.#send(statement);
    else if (statement.isRepeated === true) lane.unshift(statement);
    else lane.push(statement);
  }

  /**
   * Sends a statement in its turn, once.
   *
   * @throws TimedOut if it is not answered in {@link callBound} ms from sending it; what the storage throws
   */
  ask<T>(send: () => Awaitable<T>, isUrgent: boolean, clock: Clock): Promise<T> {
    return new Promise((answered, failed) =>
      this.pass({ clock, isUrgent, send, answered, failed }),
    );
  }

  get #width(): number {
    return Math.max(1, this.#storage.features.parallel ?? Number.POSITIVE_INFINITY);
  }

  #send<T>(statement: Statement<T>): void {
    if (statement.isWanted?.() === false) return;
    let answer: Awaitable<T>;
    try {
      answer = statement.send();
    } catch (error) {
      statement.failed(error);
      return;
    }
    if (!isPromise(answer)) {
      hand(statement, answer);
      return;
    }
    const { clock } = statement;
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
      statement.failed(new TimedOut());
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
        hand(statement, value);
        ended();
      },
      (error) => {
        if (!isLate) statement.failed(error);
        ended();
      },
    );
  }

  #next(): void {
    while (this.#running < this.#width) {
      const statement = this.#urgent.shift() ?? this.#others.shift();
      if (statement === undefined) return;
      this.#send(statement);
    }
  }
}

/** Hands an answer over; one that makes no sense is a failure of the storage. */
function hand<T>(statement: Statement<T>, value: T): void {
  try {
    statement.answered(value);
  } catch (error) {
    statement.failed(error);
  }
}

const gates = new WeakMap<StorageStatements, Gate>();

/** The gate of a storage, shared by all machines of this process. */
export function gateOf(storage: StorageStatements): Gate {
  const gate = gates.get(storage) ?? new Gate(storage);
  gates.set(storage, gate);
  return gate;
}

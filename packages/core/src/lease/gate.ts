/**
 * The gate of a storage: not more statements at the same time than it takes, and first those that a turn has to end with.
 *
 * Without it a burst of updates queues in the driver. There every commit waits behind all acquires, and each turn keeps its lease for as long
 * as that queue is; statements would be given up that were never sent.
 */

import { isPromise } from '../base/awaitable.ts';
import type { Clock } from '../base/clock.ts';
import type { Awaitable } from '../base/type-tools.ts';
import type { StorageStatements } from '../storage/statements.ts';
import { callBound, TimedOut } from './calls.ts';
import type { DueAt, DueTimer } from './due.ts';
import type { LiveList, Member } from './live.ts';

/** The leases of a machine, as the gate sees them: they send statements. */
export interface Sender {
  readonly clock: Clock;
  /** Its statements that were sent and are within their bound; it calls their {@link InFlight.tick}. */
  readonly inFlight: LiveList<InFlight>;
  /** Ticks when something is due. */
  readonly timer: DueTimer;
}

/** A statement that passes the gate, and gets its answer. */
export interface Statement<T> {
  /** The leases that send it. */
  readonly leases: Sender;
  /** Whether it ends or extends a turn that runs: those pass before statements that begin one. */
  readonly isUrgent: boolean;
  /** How often it was sent and has failed: a repetition goes to the front. */
  readonly failures?: number;
  /** Whether nobody waits for it any more: then it is not sent. */
  readonly isOver?: boolean;
  /** @param now - by the monotonic clock */
  send(now: number): Awaitable<T>;
  /** Gets the answer, however late it comes, and when its statement was sent. */
  answered(value: T, sentAt: number): void;
  /**
   * Gets the error of the storage. It is `TimedOut` if the answer takes longer than {@link callBound} ms, or if the storage answers nothing at all.
   */
  failed(error: unknown): void;
}

/** Lets the statements of one storage pass. */
export class Gate {
  readonly #storage: StorageStatements;
  readonly #urgent: Statement<unknown>[] = [];
  readonly #others: Statement<unknown>[] = [];
  /** Statements that were sent and have a slot. */
  #running = 0;
  /** Statements beyond it whose slot was given to others; at most as many as there are slots. */
  #overdue = 0;
  /** Statements beyond it that keep their slots, because so many others were given away. */
  readonly #stuck = new Set<InFlight>();

  constructor(storage: StorageStatements) {
    this.#storage = storage;
  }

  /** Sends a statement in its turn. */
  pass<T>(statement: Statement<T>): void {
    const lane = statement.isUrgent ? this.#urgent : this.#others;
    if (this.#running < this.#width) this.#send(statement);
    else {
      if (statement.failures) lane.unshift(statement);
      else lane.push(statement);
      this.#failWaiting();
    }
  }

  /**
   * Sends a statement in its turn, once.
   *
   * @throws TimedOut if the answer takes longer than {@link callBound} ms, or if the storage answers nothing at all; the error of the storage
   */
  ask<T>(send: () => Awaitable<T>, isUrgent: boolean, leases: Sender): Promise<T> {
    return new Promise((answered, failed) =>
      this.pass(new Once(leases, isUrgent, send, answered, failed)),
    );
  }

  /** Fails what waits for a slot if the storage answers nothing at all: it could wait forever. */
  #failWaiting(): void {
    if (this.#stuck.size < this.#width) return;
    const waiting = [...this.#urgent.splice(0), ...this.#others.splice(0)];
    for (const statement of waiting) statement.failed(new TimedOut());
  }

  get #width(): number {
    return Math.max(1, this.#storage.features.parallel ?? Number.POSITIVE_INFINITY);
  }

  #send<T>(statement: Statement<T>): void {
    if (statement.isOver === true) return;
    const { leases } = statement;
    const sentAt = leases.clock.monotonic();
    let answer: Awaitable<T>;
    try {
      answer = statement.send(sentAt);
    } catch (error) {
      statement.failed(error);
      return;
    }
    if (!isPromise(answer)) {
      hand(statement, answer, sentAt);
      return;
    }
    this.#running++;
    const inFlight = new InFlight(this, statement, sentAt);
    leases.inFlight.add(inFlight);
    leases.timer.by(inFlight.dueAt);
    answer.then(
      (value) => inFlight.answered(value),
      (error) => inFlight.failed(error),
    );
  }

  /** A statement is beyond its bound. */
  late(inFlight: InFlight): void {
    if (this.#overdue >= this.#width) {
      this.#stuck.add(inFlight);
      return;
    }
    this.#stuck.delete(inFlight);
    inFlight.hasSlot = false;
    this.#overdue++;
    this.#running--;
  }

  /** A statement was answered, however late. */
  ended(inFlight: InFlight): void {
    if (inFlight.hasSlot) {
      this.#running--;
      this.#stuck.delete(inFlight);
    } else {
      this.#overdue--;
      for (const stuck of this.#stuck) this.late(stuck);
    }
    this.next();
  }

  /** Sends as many statements as there are slots. */
  next(): void {
    while (this.#running < this.#width) {
      const statement = this.#urgent.shift() ?? this.#others.shift();
      if (statement === undefined) return;
      this.#send(statement);
    }
    this.#failWaiting();
  }
}

/** A statement that was sent and not answered yet. */
export class InFlight<out T = unknown> implements Member {
  at = -1;
  hasSlot = true;
  readonly #gate: Gate;
  readonly #statement: Statement<T>;
  readonly #sentAt: number;
  #isLate = false;

  constructor(gate: Gate, statement: Statement<T>, sentAt: number) {
    this.#gate = gate;
    this.#statement = statement;
    this.#sentAt = sentAt;
  }

  /** When its bound ends. */
  get dueAt(): DueAt {
    return this.#sentAt + callBound;
  }

  /** Called now and then while it is within its bound. */
  tick(now: number): void {
    if (now < this.dueAt) return;
    this.#isLate = true;
    this.#statement.leases.inFlight.delete(this);
    this.#gate.late(this);
    // first the one who waits, so that a repetition gets the slot
    this.#statement.failed(new TimedOut());
    this.#gate.next();
  }

  answered(value: T): void {
    hand(this.#statement, value, this.#sentAt);
    this.#end();
  }

  failed(error: unknown): void {
    if (!this.#isLate) this.#statement.failed(error);
    this.#end();
  }

  #end(): void {
    this.#statement.leases.inFlight.delete(this);
    this.#gate.ended(this);
  }
}

/** A statement that is sent once. */
class Once<T> implements Statement<T> {
  readonly leases: Sender;
  readonly isUrgent: boolean;
  readonly send: () => Awaitable<T>;
  readonly answered: (value: T) => void;
  readonly failed: (error: unknown) => void;

  constructor(
    leases: Sender,
    isUrgent: boolean,
    send: () => Awaitable<T>,
    answered: (value: T) => void,
    failed: (error: unknown) => void,
  ) {
    this.leases = leases;
    this.isUrgent = isUrgent;
    this.send = send;
    this.answered = answered;
    this.failed = failed;
  }
}

/** Hands an answer over; one that makes no sense is a failure of the storage. */
function hand<T>(statement: Statement<T>, value: T, sentAt: number): void {
  try {
    statement.answered(value, sentAt);
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

/** Updates that end a turn before its handlers have ended, such as /cancel while an answer is being checked. */

import { FsmError } from '../base/errors.ts';
import type { Hold, Interruption } from '../lease/lease.ts';
import type { UnitId } from '../record/ids.ts';
import { inputOf, type UserInput } from '../update/input.ts';
import { type Interrupt, type InterruptRule, interruptTest } from '../update/interrupt.ts';
import type { RawUpdate } from '../update/raw-update.ts';
import type { Job } from './job.ts';
import type { AcquireLease, Head, OpenTurn, Interrupts as Part } from './runtime.ts';

/**
 * Lets input end the turn that it would wait for: the value of `fsm({ waiting: { interrupt } })`.
 *
 * The turn's `signal` is aborted with `INTERRUPTED`, what it has not committed is rolled back, and the interrupting update is next.
 * A turn of another process is interrupted within a second. An edited message interrupts nothing.
 *
 * @param interrupt - every command, commands by name, any input, or a test
 * @throws FsmError `INVALID_OPTION`
 *
 * @example
 * ```ts
 * import { interruptBy } from '@telefsm/core';
 * import { createMachine } from '@telefsm/core/adapter';
 *
 * const machine = createMachine({ waiting: { interrupt: interruptBy(['stop', 'cancel']) } });
 * ```
 */
export function interruptBy(interrupt: Interrupt): InterruptRule {
  const test = interruptTest(interrupt);
  return Object.assign(() => new Interrupts(test), { '~interrupt': true as const });
}

/** The interrupts of one machine. */
class Interrupts implements Part {
  /** By conversation; only its head is here. */
  readonly #heads = new Map<string, RunningHead>();
  readonly #test: (input: UserInput) => boolean;

  constructor(test: (input: UserInput) => boolean) {
    this.#test = test;
  }

  picks(update: RawUpdate, username: string | undefined): boolean {
    const input = inputOf(update, username);
    return input !== undefined && this.#test(input);
  }

  async acquire(key: string, job: Job, head: Head, lease: AcquireLease): Promise<Hold | undefined> {
    for (;;) {
      const interruption = this.#begin(key, job);
      head.interruption = interruption;
      let isBehind = false;
      const hold = await lease(interruption, () => {
        isBehind = true;
      });
      const givesWay = isBehind && interruption?.signal.aborted === true;
      if (!givesWay || hold === undefined || job.waitNext === undefined) return hold;
      // it waited behind another process's turn: the update that interrupts goes before it, as within one process
      this.end(key, interruption);
      await hold.release();
      head.seat.leave();
      head.seat = await job.waitNext(key);
    }
  }

  end(key: string, interruption: Interruption): void {
    if (this.#heads.get(key) === interruption) this.#heads.delete(key);
  }

  async race<Result>(
    { interruption }: OpenTurn,
    work: () => Result | PromiseLike<Result>,
  ): Promise<Result> {
    if (interruption === undefined) return work();
    const { signal } = interruption;
    signal.throwIfAborted();
    return new Promise((resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason));
      Promise.resolve(work()).then(resolve, reject);
    });
  }

  interrupt(key: string, id: UnitId): boolean {
    return this.#heads.get(key)?.interrupt(String(id)) === true;
  }

  #begin(key: string, job: Job): RunningHead | undefined {
    // somebody waits for the result of work from outside
    if (job.cause === 'outside') return undefined;
    const head = new RunningHead(key, job);
    this.#heads.set(key, head);
    return head;
  }
}

/** The head of a conversation. */
class RunningHead implements Interruption {
  readonly #key: string;
  readonly #job: Job;
  readonly #controller = new AbortController();
  #by: UnitId | undefined;
  handles: readonly string[] | undefined;

  constructor(key: string, job: Job) {
    this.#key = key;
    this.#job = job;
    // nobody sends a deadline again: only one that answers messages may end
    if (job.cause === 'update') this.handles = [String(job.id)];
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  interrupt(by: string): boolean {
    if (this.handles === undefined || this.handles.includes(by)) return false;
    this.#by = Number(by);
    this.#controller.abort(new FsmError('INTERRUPTED', { key: this.#key }));
    return true;
  }

  interrupter(): UnitId | undefined {
    // one that has to make way here has to get the turn that it waits for out of the way too
    if (this.#by !== undefined) return this.#by;
    return this.#job.interrupts?.() === true ? this.#job.id : undefined;
  }
}

/** Updates that end a turn before its handlers have ended, such as /cancel while an answer is being checked. */

import { FsmError, isFsmError } from '../base/errors.ts';
import type { Interruption } from '../lease/lease.ts';
import type { UnitId } from '../record/ids.ts';
import type { Interruptible, Interrupts, OpenTurn } from './runtime.ts';

/** Makes the interrupts of one machine. */
export function interruptsOf(): Interrupts {
  /** By conversation; only its head is here. */
  const heads = new Map<string, Head>();
  return {
    begin(key, job) {
      // somebody waits for the result of work from outside
      if (job.cause === 'outside') return undefined;
      const head = new Head(key, job);
      heads.set(key, head);
      return head;
    },
    end(key, interruption) {
      if (heads.get(key) === interruption) heads.delete(key);
    },
    async race(turn, work) {
      const { interruption } = turn;
      if (interruption === undefined) return work();
      interruption.state = turn.copy.top.state;
      const { signal } = interruption;
      signal.throwIfAborted();
      return new Promise((resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason));
        Promise.resolve(work()).then(resolve, reject);
      });
    },
    interrupt: (key, by) => heads.get(key)?.interrupt(by) === true,
  };
}

/** The head of a conversation. */
class Head implements Interruption {
  readonly #key: string;
  readonly #job: Interruptible;
  readonly #controller = new AbortController();
  #by: string | undefined;
  state: string | null = null;
  handles: readonly string[] | undefined;

  constructor(key: string, job: Interruptible) {
    this.#key = key;
    this.#job = job;
    // nobody sends a deadline again: only one that answers messages may end
    if (job.cause === 'update') this.handles = [String(job.id)];
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  interrupt(by: string): boolean {
    const [id = '', states] = by.split(' ');
    if (this.handles === undefined || this.handles.includes(id)) return false;
    if (states !== undefined && !states.split(',').includes(inNote(this.state))) return false;
    this.#by = by;
    this.#controller.abort(new FsmError('INTERRUPTED', { key: this.#key }));
    return true;
  }

  interrupter(): string | undefined {
    // one that has to make way here has to get the turn that it waits for out of the way too
    return this.#by ?? this.#job.interrupts?.();
  }
}

/**
 * Names an update that interrupts.
 *
 * @param states - ids of the states whose turns it ends; all, if they are not given
 */
export function interrupterOf(id: UnitId, states?: readonly string[]): string {
  return states === undefined ? `${id}` : `${id} ${states.map(inNote).join(',')}`;
}

/** Ids of states may hold any character. */
function inNote(state: string | null): string {
  return encodeURIComponent(state ?? '');
}

/** Whether a turn has to make way. */
export function isInterrupted(
  interruption: Interruption | undefined,
): interruption is Interruption {
  return interruption?.signal.aborted === true;
}

/** Whether a turn has ended because it was interrupted. */
export function isInterruption(error: unknown, { interruption }: OpenTurn): boolean {
  return isFsmError(error, 'INTERRUPTED') && interruption?.signal.reason === error;
}

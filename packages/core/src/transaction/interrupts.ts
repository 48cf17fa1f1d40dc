/** Updates that end a turn before its handlers have ended, such as /cancel while an answer is being checked. */

import { FsmError, isFsmError } from '../base/errors.ts';
import type { Interrupts, OpenTurn } from './runtime.ts';

/** Makes the interrupts of one machine. */
export function interruptsOf(): Interrupts {
  /** By conversation; only its head is here. */
  const heads = new Map<string, AbortController>();
  return {
    begin(key, cause) {
      // nobody sends a deadline again, and somebody waits for the result of work from outside
      if (cause !== 'update') return undefined;
      const interruption = new AbortController();
      heads.set(key, interruption);
      return interruption;
    },
    end(key, interruption) {
      if (heads.get(key) === interruption) heads.delete(key);
    },
    async race(turn, job) {
      const { interruption } = turn;
      if (interruption === undefined) return job.work(turn);
      const { signal } = interruption;
      signal.throwIfAborted();
      return new Promise((resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason));
        Promise.resolve(job.work(turn)).then(resolve, reject);
      });
    },
    interrupt(key) {
      heads.get(key)?.abort(new FsmError('INTERRUPTED', { key }));
    },
  };
}

/** Whether a turn has ended because it was interrupted. */
export function isInterruption(error: unknown, { interruption }: OpenTurn): boolean {
  return isFsmError(error, 'INTERRUPTED') && interruption?.signal.reason === error;
}

/** Updates that end a turn before its handlers have ended, such as /cancel while an answer is being checked. */

import { FsmError, isFsmError } from '../base/errors.ts';
import type { Interrupts, OpenTurn } from './runtime.ts';

/** Makes the interrupts of one machine. */
export function interruptsOf(): Interrupts {
  const running = new Map<string, OpenTurn>();
  return {
    async race(turn, work) {
      const { key = '', interruption } = turn;
      if (interruption === undefined) return work;
      const { signal } = interruption;
      running.set(key, turn);
      try {
        return await new Promise((resolve, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason));
          Promise.resolve(work).then(resolve, reject);
        });
      } finally {
        running.delete(key);
      }
    },
    interrupt(key) {
      running.get(key)?.interruption?.abort(new FsmError('INTERRUPTED', { key }));
    },
  };
}

/** Whether a turn has ended because it was interrupted. */
export function isInterruption(error: unknown, { interruption }: OpenTurn): boolean {
  return isFsmError(error, 'INTERRUPTED') && interruption?.signal.reason === error;
}

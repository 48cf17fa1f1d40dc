/** Updates that end a turn before its handlers have ended, such as /cancel while an answer is being checked. */

import { FsmError, isFsmError } from '../base/errors.ts';
import type { Interruption } from '../lease/lease.ts';
import type { UnitId } from '../record/ids.ts';
import type { Interrupts, OpenTurn } from './runtime.ts';

/** The head of a conversation, and the update that has interrupted it. */
interface Head extends Interruption {
  by: UnitId | undefined;
}

/** Makes the interrupts of one machine. */
export function interruptsOf(): Interrupts {
  /** By conversation; only its head is here. */
  const heads = new Map<string, Head>();
  return {
    begin(key, job) {
      // nobody sends a deadline again, and somebody waits for the result of work from outside
      if (job.cause !== 'update') return undefined;
      const controller = new AbortController();
      const interruption: Head = {
        id: job.id,
        controller,
        by: undefined,
        // one that has to make way here has to get the turn that it waits for out of the way too
        interrupter: () => interruption.by ?? (job.interrupts?.() === true ? job.id : undefined),
      };
      heads.set(key, interruption);
      return interruption;
    },
    end(key, interruption) {
      if (heads.get(key) === interruption) heads.delete(key);
    },
    async race(turn, job) {
      const { interruption } = turn;
      if (interruption === undefined) return job.work(turn);
      const { signal } = interruption.controller;
      signal.throwIfAborted();
      return new Promise((resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason));
        Promise.resolve(job.work(turn)).then(resolve, reject);
      });
    },
    interrupt(key, id) {
      const head = heads.get(key);
      if (head === undefined || head.id === id) return false;
      head.by = id;
      head.controller.abort(new FsmError('INTERRUPTED', { key }));
      return true;
    },
  };
}

/** Whether a turn has to make way. */
export function isInterrupted(
  interruption: Interruption | undefined,
): interruption is Interruption {
  return interruption?.controller.signal.aborted === true;
}

/** Whether a turn has ended because it was interrupted. */
export function isInterruption(error: unknown, { interruption }: OpenTurn): boolean {
  return isFsmError(error, 'INTERRUPTED') && interruption?.controller.signal.reason === error;
}

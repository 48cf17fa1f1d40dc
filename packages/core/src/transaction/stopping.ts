/** How a machine stops: it waits for the turns that run, and then rejects those that have not begun. */

import { FsmError } from '../base/errors.ts';
import type { Leases } from '../lease/lease.ts';
import type { TurnFacts } from './facts.ts';

/** A class, since its fields are read by every turn. */
export class Stopping {
  /** Whether new turns are rejected. */
  isStopped = false;
  /** Whether also those are rejected that wait. */
  isLate = false;
  /** How often the machine was started: a stop compares it with what it began with. */
  starts = 0;
  /** Turns that run or wait. */
  #running = 0;
  /** Called when none does. */
  #idle: (() => void) | undefined;
  readonly #leases: Pick<Leases, 'giveUp'>;
  readonly #waits = new Set<AbortController>();

  constructor(leases: Pick<Leases, 'giveUp'>) {
    this.#leases = leases;
  }

  /** Makes the error for a turn that is rejected. */
  error({ cause, id, key }: Pick<TurnFacts, 'cause' | 'id' | 'key'>): FsmError<'STOPPED'> {
    const operation = cause === 'update' ? `update ${id}` : `work on '${key}'`;
    return new FsmError('STOPPED', { operation });
  }

  /** A turn begins, or waits to begin; so does what is to be waited for as a turn is. */
  begin(): void {
    this.#running++;
  }

  /** It has ended. */
  end(): void {
    this.#running--;
    if (this.#running === 0) this.#idle?.();
  }

  /** Ends a wait when no turn begins any more; returns how to take it back. */
  ends(wait: AbortController): () => void {
    this.#waits.add(wait);
    return () => void this.#waits.delete(wait);
  }

  /** From now on new turns are rejected; resolves when none runs or waits. */
  stop(): Promise<void> {
    this.isStopped = true;
    if (this.#running === 0) return Promise.resolve();
    const before = this.#idle;
    return new Promise((resolve) => {
      this.#idle = () => {
        before?.();
        resolve();
        this.#idle = undefined;
      };
    });
  }

  /** From now on no turn begins any more. */
  giveUp(): void {
    const reason = new FsmError('STOPPED', { operation: 'a turn that waits' });
    this.isLate = true;
    this.#leases.giveUp(reason);
    for (const wait of this.#waits) wait.abort(reason);
  }

  /** New turns are welcome again. */
  start(): void {
    this.starts++;
    this.isStopped = false;
    this.isLate = false;
  }
}

/** Counts running turns, so that stopping can wait for the last one, and rejects those that have not begun. */

import { FsmError } from '../base/errors.ts';
import type { TurnFacts } from './facts.ts';

/** How a machine stops. */
export interface Stopping {
  /** Whether new turns are refused. */
  readonly isStopped: boolean;
  /** Aborted when also those are refused that wait; replaced when the machine starts again. */
  readonly late: AbortSignal;
  /** Ends a wait when no turn begins any more; returns how to take it back. */
  ends(wait: AbortController): () => void;
  begin(): void;
  end(): void;
  /** @throws FsmError `STOPPED` for a turn that comes after `stop()` */
  refuseNew(facts: Pick<TurnFacts, 'cause' | 'id' | 'key'>): void;
  /** @throws FsmError `STOPPED` for a turn that would begin after `stop()` has given up waiting */
  refuseLate(facts: Pick<TurnFacts, 'cause' | 'id' | 'key'>): void;
  /** From now on new turns are refused; resolves when none runs or waits. */
  stop(): Promise<void>;
  /** From now on no turn begins any more. */
  giveUp(): void;
  /** New turns are welcome again. */
  start(): void;
}

/** Makes the brake of one machine. */
export function stoppingOf(): Stopping {
  let running = 0;
  let idle: (() => void)[] = [];
  let isStopped = false;
  let late = new AbortController();
  const waits = new Set<AbortController>();
  const stopped = ({ cause, id, key }: Pick<TurnFacts, 'cause' | 'id' | 'key'>) =>
    new FsmError('STOPPED', {
      operation: cause === 'update' ? `update ${id}` : `work on '${key}'`,
    });
  return {
    get isStopped() {
      return isStopped;
    },
    get late() {
      return late.signal;
    },
    ends(wait) {
      waits.add(wait);
      return () => void waits.delete(wait);
    },
    begin() {
      running++;
    },
    end() {
      running--;
      if (running > 0 || idle.length === 0) return;
      for (const resolve of idle) resolve();
      idle = [];
    },
    refuseNew(facts) {
      if (isStopped) throw stopped(facts);
    },
    refuseLate(facts) {
      if (late.signal.aborted) throw stopped(facts);
    },
    stop() {
      isStopped = true;
      return running === 0 ? Promise.resolve() : new Promise((resolve) => void idle.push(resolve));
    },
    giveUp() {
      const reason = new FsmError('STOPPED', { operation: 'a turn that waits' });
      late.abort(reason);
      for (const wait of waits) wait.abort(reason);
    },
    start() {
      isStopped = false;
      if (late.signal.aborted) late = new AbortController();
    },
  };
}

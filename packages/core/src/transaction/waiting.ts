/** Waiting in the queue of this process, and what ends it early: a timeout, `stop()`, or code that waits for itself. */

import { FsmError } from '../base/errors.ts';
import { type Seat, working } from '../lease/queue.ts';
import { turnsIn } from '../lease/reentry.ts';
import type { Runtime } from './runtime.ts';
import type { Stopping } from './stopping.ts';

/** How long code may wait that perhaps waits for itself, in ms. */
const patience = 1000;

/**
 * Waits for the head of a queue.
 *
 * @param join - joins the queue; the signal ends the wait
 * @param timeout - in ms
 * @throws FsmError `REENTERED`, `WAIT_TIMEOUT`, `STOPPED`; what `join` throws passes
 */
export async function waitInQueue<P extends Seat | undefined>(
  rt: Pick<Runtime, 'clock' | 'reentry'> & { readonly stopping: Pick<Stopping, 'ends'> },
  key: string,
  join: (signal: AbortSignal) => Promise<P>,
  timeout?: number,
): Promise<P> {
  const { clock, reentry, stopping } = rt;
  if (reentry.isInside(key)) throw new FsmError('REENTERED', { key });
  const wait = new AbortController();
  const timers: unknown[] = [];
  if (timeout !== undefined) {
    const giveUp = () => wait.abort(new FsmError('WAIT_TIMEOUT', { key, ms: timeout }));
    timers.push(clock.setTimeout(giveUp, timeout));
  }
  const trace = reentry.trace();
  if (trace !== undefined) {
    const suspect = () => {
      const outer = turnsIn(trace);
      if (outer === 0) return;
      // from now on it is found at once
      reentry.enable();
      // while others work, the one that it waits for may be one of those
      if (outer === working.turns) wait.abort(new FsmError('REENTERED', { key }));
      else timers.push(clock.setTimeout(suspect, patience));
    };
    timers.push(clock.setTimeout(suspect, patience));
  }
  const keepWaiting = stopping.ends(wait);
  try {
    return await join(wait.signal);
  } finally {
    keepWaiting();
    for (const timer of timers) clock.clearTimeout(timer);
  }
}

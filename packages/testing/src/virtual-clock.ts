/** A clock that stands still until a test moves it. */
import type { Clock, Duration } from '@telefsm/core';
import { toMs } from '@telefsm/core/tools';
import { rest } from './event-loop.ts';

/** A `Clock` that stands still until it is moved. Give the same one to `fsm({ clock })` and to the driver. */
export interface VirtualClock extends Clock {
  /**
   * Moves the time on and runs the timers that come due, in their order, each at its own instant.
   *
   * What a timer starts may go on before the next one runs, so a timer set by it is met on the way.
   */
  advance(by: Duration): Promise<void>;
  /** Moves the time to an instant, as {@link VirtualClock.advance} does; an earlier one only sets the clock back. */
  set(to: Date): Promise<void>;
}

interface Timer {
  readonly due: number;
  readonly task: () => void;
  /** In how many ms the task has something to do; before that it is not run. */
  readonly idle: () => number;
}

/**
 * Makes a clock that stands still until it is moved.
 *
 * @param start - what it shows at first; the beginning of 2026 when left out
 * @example
 * ```ts
 * import { virtualClock } from '@telefsm/testing';
 *
 * const clock = virtualClock();
 * clock.setTimeout(() => console.log('ten minutes later'), 600_000);
 * await clock.advance('10m');
 * ```
 */
export function virtualClock(start: Date = new Date('2026-01-01T00:00:00Z')): VirtualClock {
  let now = start.getTime();
  let moving: Promise<void> = Promise.resolve();
  const timers = new Set<Timer>(); // in the order in which they were set

  async function runUntil(target: number): Promise<void> {
    await rest();
    for (;;) {
      const next = earliest(timers, now);
      if (next === undefined || next.at > target) break;
      timers.delete(next.timer);
      now = Math.max(now, next.at);
      next.timer.task();
      await rest();
    }
    now = target;
  }

  /** One move after the other, also when a test forgets to await one. */
  function move(target: () => number): Promise<void> {
    moving = moving.then(
      () => runUntil(target()),
      () => runUntil(target()),
    );
    return moving;
  }

  return {
    now: () => now,
    setTimeout(task, ms, idle = () => 0) {
      const timer: Timer = { due: now + Math.max(ms || 0, 0), task, idle };
      timers.add(timer);
      return timer;
    },
    clearTimeout(handle) {
      timers.delete(handle as Timer);
    },
    advance(by) {
      const ms = toMs(by, 'advance');
      return move(() => now + ms);
    },
    set: (to) => move(() => to.getTime()),
  };
}

function earliest(
  timers: Iterable<Timer>,
  now: number,
): { readonly timer: Timer; readonly at: number } | undefined {
  let timer: Timer | undefined;
  let at = Number.POSITIVE_INFINITY;
  for (const each of timers) {
    if (each.due >= at) continue;
    const begins = Math.max(each.due, now + each.idle());
    if (begins < at) [timer, at] = [each, begins];
  }
  return timer && { timer, at };
}

/** A clock that moves only when a test moves it. */
import type { Clock, Duration } from '@telefsm/core';
import { toMs } from '@telefsm/core/tools';
import { rest } from './event-loop.ts';

/** A `Clock` that moves only when it is moved. Give the same one to `fsm({ clock })` and to the driver. */
export interface VirtualClock extends Clock {
  /**
   * Moves the time on and runs the timers that come due, in their order, each at its own instant.
   *
   * Work that a timer starts may continue before the next one runs, so a timer set by it is met on the way.
   */
  advance(by: Duration): Promise<void>;
  /** Moves the time to an instant, as {@link VirtualClock.advance} does; an earlier one only sets the clock back. */
  set(to: Date): Promise<void>;
  /** Changes the time of day by so many ms, as somebody who sets the clock of a computer does: no time passes, and no timer runs. */
  jump(ms: number): void;
}

interface Timer {
  readonly due: number;
  readonly task: () => void;
}

/**
 * Makes a clock that moves only when it is moved.
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
  /** How much time has passed, and the time of day at the beginning. */
  let passed = 0;
  let beginning = start.getTime();
  let moving: Promise<void> = Promise.resolve();
  const timers = new Set<Timer>(); // in the order in which they were set

  async function runUntil(target: number): Promise<void> {
    await rest();
    for (;;) {
      const next = earliest(timers);
      if (next === undefined || next.due > target) break;
      timers.delete(next);
      passed = Math.max(passed, next.due);
      next.task();
      await rest();
    }
    passed = Math.max(passed, target);
  }

  /** One move after the other, also when a test does not await one. */
  function move(step: () => Promise<void>): Promise<void> {
    moving = moving.then(step, step);
    return moving;
  }

  const clock: VirtualClock = {
    now: () => beginning + passed,
    monotonic: () => passed,
    setTimeout(task, ms) {
      const timer: Timer = { due: passed + Math.max(ms || 0, 0), task };
      timers.add(timer);
      return timer;
    },
    clearTimeout(handle) {
      timers.delete(handle as Timer);
    },
    advance(by) {
      const ms = toMs(by, 'advance');
      return move(() => runUntil(passed + ms));
    },
    jump(ms) {
      beginning += ms;
    },
    set: (to) =>
      move(async () => {
        const ms = to.getTime() - clock.now();
        if (ms >= 0) await runUntil(passed + ms);
        else clock.jump(ms);
      }),
  };
  return clock;
}

function earliest(timers: Iterable<Timer>): Timer | undefined {
  let first: Timer | undefined;
  for (const timer of timers) if (first === undefined || timer.due < first.due) first = timer;
  return first;
}

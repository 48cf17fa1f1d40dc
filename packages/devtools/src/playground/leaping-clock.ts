/** A clock for a bot that polls: a day passes in a moment. */

import type { Clock } from '@telefsm/core';
import type { PlaygroundClock } from './world.ts';

/** How often bots ask for updates, at most, while time leaps. */
const mostLooks = 400;

/** A clock that leaps. */
export interface LeapingClock {
  readonly clock: Clock;
  /** Lets so many ms pass, after earlier leaps. */
  leap(ms: number): Promise<void>;
}

/** Makes one of a clock that is moved: a day has 2,880 polls for updates, and each takes a moment of real time, so timers are longer meanwhile. */
export function leapingClock(time: PlaygroundClock): LeapingClock {
  let shortest = 0;
  let leaping: Promise<void> = Promise.resolve();

  async function pass(ms: number): Promise<void> {
    shortest = ms / mostLooks;
    // the last stretch is walked, so that what is due by then has happened
    const walked = 2 * shortest;
    try {
      await time.advance(ms - walked);
    } finally {
      shortest = 0;
    }
    await time.advance(walked);
  }

  return {
    clock: {
      now: () => time.now(),
      monotonic: () => time.monotonic(),
      setTimeout: (task, ms) => time.setTimeout(task, Math.max(ms, shortest)),
      clearTimeout: (handle) => time.clearTimeout(handle),
    },
    leap(ms) {
      const next = () => pass(ms);
      leaping = leaping.then(next, next);
      return leaping;
    },
  };
}

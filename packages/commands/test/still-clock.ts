/** A clock that stands still until a test moves it. */

import { setImmediate as turn } from 'node:timers/promises';
import type { Clock } from '@telefsm/core';

export interface StillClock extends Clock {
  /** Lets work under way go on, moves the time, and lets what came due go on. */
  advance(ms: number): Promise<void>;
}

export function stillClock(): StillClock {
  let now = 0;
  const timers = new Map<object, { readonly due: number; readonly task: () => void }>();
  return {
    now: () => now,
    setTimeout(task, ms) {
      const handle = {};
      timers.set(handle, { due: now + ms, task });
      return handle;
    },
    clearTimeout: (handle) => void timers.delete(handle as object),
    async advance(ms) {
      await settle();
      now += ms;
      for (const [handle, { due, task }] of timers) {
        if (due > now || !timers.delete(handle)) continue;
        task();
        await settle();
      }
      await settle();
    },
  };
}

/** Lets promises and immediates of this process go on. */
export async function settle(): Promise<void> {
  for (let turns = 0; turns < 16; turns++) await turn();
}

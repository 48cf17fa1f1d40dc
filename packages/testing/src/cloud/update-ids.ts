/** Numbers of updates: sequential, and starting anew after a quiet week (Bot API, Update.update_id). */
import type { Clock } from '@telefsm/core';

const quietWeek = 7 * 24 * 3_600_000;

/** Gives updates their numbers. */
export interface UpdateIds {
  /** The number for the next update. */
  take(): number;
  /** The number that the next update would have now. */
  upcoming(): number;
  /** Goes on from another number. */
  set(next: number): void;
}

/** Counts from `first`; after a week without updates the next number is a random one, the same in every run. */
export function makeUpdateIds(clock: Clock, first: number): UpdateIds {
  let next = first;
  let taken = clock.now();
  let seed = 0x2f6e2b1;
  return {
    take() {
      if (clock.now() - taken >= quietWeek) {
        seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff;
        next = 1 + (seed % 900_000_000);
      }
      taken = clock.now();
      return next++;
    },
    upcoming: () => next,
    set(value) {
      next = value;
      taken = clock.now();
    },
  };
}

/** Numbers of updates: sequential, and starting anew after a quiet week (Bot API, Update.update_id). */
import { randomInt } from 'node:crypto';
import type { Clock } from '@telefsm/core';

const quietWeek = 7 * 24 * 3_600_000;

/** Gives updates their numbers. */
export interface UpdateIds {
  /** The number for the next update. */
  take(): number;
  /** The number that the next update would have now. */
  upcoming(): number;
  /** Continues from another number. */
  set(next: number): void;
  /** How texts name an update: by its number where the test chose the first, by its place in the row where the first is random. */
  nameOf(id: number): number;
}

/** How many numbers after the first still count as the world's own row. */
const row = 1_000_000;
const mostId = 2 ** 31 - row;

/** Counts from `given`, or from a random number, so that worlds that share a storage never use one twice. After a week without updates the next number is another one, the same in every run for the same `given`. */
export function makeUpdateIds(clock: Clock, given: number | undefined): UpdateIds {
  const first = given ?? randomInt(1, mostId);
  let next = first;
  let taken = clock.now();
  let seed = 0x2f6e2b1;
  return {
    take() {
      if (clock.now() - taken >= quietWeek) {
        seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff;
        next = 1 + ((given === undefined ? seed + first : seed) % 900_000_000);
      }
      taken = clock.now();
      return next++;
    },
    upcoming: () => next,
    set(value) {
      next = value;
      taken = clock.now();
    },
    nameOf: (id) => (given === undefined && id >= first && id < first + row ? id - first + 1 : id),
  };
}

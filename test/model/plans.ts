/** Plans of the model: which turns there are, and what they do. */

import type { Plan } from './turn-model.ts';

/** Two updates, and the first again. */
export const toggles: readonly Plan[] = [{ update: 1 }, { update: 2 }, { update: 1, again: 0 }];
/** The first update throws. */
export const throwing: readonly Plan[] = [
  { update: 1, throws: true },
  { update: 2, countsOn: true },
  { update: 1, again: 0 },
];
/** The first update throws after a commit. */
export const midway: readonly Plan[] = [
  { update: 1, midway: 'throws' },
  { update: 2, countsOn: true },
  { update: 1, again: 0, midway: 'throws' },
];
/** The first update commits twice. */
export const twice: readonly Plan[] = [
  { update: 1, midway: 'commits again' },
  { update: 2, countsOn: true },
];
/** Two updates and two sweepers. */
export const swept: readonly Plan[] = [{ update: 1 }, { update: 2, countsOn: true }, {}, {}];
/** Updates that ask a question. */
export const asked: readonly Plan[] = [
  { update: 1, asks: true },
  { update: 2, asks: true },
  { update: 1, asks: true, again: 0 },
];
/** Three updates, the first of which throws. */
export const queued: readonly Plan[] = [{ update: 1, throws: true }, { update: 2 }, { update: 3 }];

/** Four updates. */
export const four: readonly Plan[] = [1, 2, 3, 4].map((update) => ({ update }));

/** Nothing goes wrong. */
export const calm = { lapses: 0, crashes: 0, lostAnswers: 0 };

/** How much a test does: little in `npm test`, more in the stress tier (`TELEFSM_STRESS=quick`, the default, or `full`). */

import { inject } from 'vitest';
import { isFull } from './stress-size.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    readonly tier: 'test' | 'stress';
  }
}

/** Whether this is the stress tier. */
export const isStress: boolean = inject('tier') === 'stress';

/** Sizes of one test. */
export interface Sizes {
  /** In `npm test`; not needed in a file that only the stress tier has. */
  readonly test?: number;
  /** For each commit: all stress tests together take minutes. */
  readonly quick: number;
  /** For a night. */
  readonly full: number;
}

/** Chooses the size for this run. */
export function sized({ test, quick, full }: Sizes): number {
  if (!isStress) return test ?? quick;
  return isFull ? full : quick;
}

/** Under the `production` condition options are not checked: tests and the default build have done so. */

import type {
  checkOption as defaultCheck,
  checkOptions as defaultChecks,
} from './option-checks.ts';

/** Checks nothing. */
export const checkOptions: typeof defaultChecks = () => {};

/** Checks nothing. */
export const checkOption: typeof defaultCheck = () => {};

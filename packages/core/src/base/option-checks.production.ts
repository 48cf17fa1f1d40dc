/**
 * Under the `production` condition options are not checked: tests and the default build have done so.
 *
 * Empty functions, and neither constants nor functions with parameters, so that bundlers leave out the calls, and with them the rules.
 */

/** Checks nothing. */
export function checkOptions(): void {}

/** Checks nothing. */
export function checkOption(): void {}

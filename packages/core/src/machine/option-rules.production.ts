/** Under the `production` condition the options of a machine are not checked: tests and the default build have done so. */

/** Checks nothing. */
export function checkMachineOptions(): void {}

/** Checks nothing. */
export function checkListener(): void {}

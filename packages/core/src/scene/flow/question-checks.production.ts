/** Under the `production` condition flows are not checked when they are made: tests and the default build have done so. */

/** Checks nothing. */
export function checkBranch(): void {}

/** Checks nothing. */
export function checkCases(): void {}

/** Checks nothing. */
export function checkEdits(): void {}

/** Checks nothing. */
export function checkPrompt(): void {}

/** Checks nothing. */
export function checkQuestion(): void {}

/** Checks nothing. */
export function checkRounds(): void {}

/** Checks nothing. */
export function checkFlowTexts(): void {}

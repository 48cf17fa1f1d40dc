/** Which input ends a running turn. */

import type { Rule } from '../base/rules.ts';
import type { UserInput } from './input.ts';

/**
 * What interrupts: every command, commands by name (`['stop', 'cancel']`), any input, or what a test picks.
 *
 * A button is picked by a test: `(input) => input.kind === 'button' && input.value === 'stop'`.
 */
export type Interrupt = 'commands' | 'any' | readonly string[] | ((input: UserInput) => boolean);

/** What every option `interrupt` takes; made by `interruptBy`, and opaque. */
export interface InterruptRule {
  /** Whether an input interrupts. */
  readonly '~interrupt': (input: UserInput) => boolean;
}

/** Takes an {@link InterruptRule}. */
export const interruptRule: Rule = {
  expected: "what interruptBy() returns, as in interruptBy(['stop'])",
  fits: (found) => typeof found === 'function' && '~interrupt' in found,
};

/** Which input ends a running turn. */

import type { Rule } from '../base/rules.ts';
import type { UserInput } from './input.ts';

/**
 * The input that interrupts: every command, commands by name (`['stop', 'cancel']`), any input, or the input that a function selects.
 *
 * A function selects a button: `(input) => input.kind === 'button' && input.value === 'stop'`.
 */
export type Interrupt = 'commands' | 'any' | readonly string[] | ((input: UserInput) => boolean);

/** The value of every option `interrupt`, made by `interruptBy`. It is opaque. */
export interface InterruptRule {
  /** Whether an input interrupts. */
  readonly '~interrupt': (input: UserInput) => boolean;
}

/** Takes an {@link InterruptRule}. */
export const interruptRule: Rule = {
  expected: "what interruptBy() returns, as in interruptBy(['stop'])",
  fits: (found) => typeof found === 'function' && '~interrupt' in found,
};

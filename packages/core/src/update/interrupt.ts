/** Which input ends a running turn. */

import { checkOption, type Rule } from '../base/rules.ts';
import type { UserInput } from './input.ts';

/**
 * What interrupts: every command, commands by name (`['stop', 'cancel']`), any input, or what a test picks.
 *
 * A button is picked by a test: `(input) => input.kind === 'button' && input.value === 'stop'`.
 */
export type Interrupt = 'commands' | 'any' | readonly string[] | ((input: UserInput) => boolean);

/** What `fsm({ waiting: { interrupt } })` takes; made by `interruptBy`, and opaque. */
export interface InterruptRule {
  readonly '~interrupt': true;
}

/** Takes an {@link Interrupt}. */
export const interruptRule: Rule = {
  expected: "'commands', 'any', a list of command names, or a function",
  fits: (found) =>
    found === 'commands' ||
    found === 'any' ||
    typeof found === 'function' ||
    (Array.isArray(found) && found.every((name) => typeof name === 'string')),
};

/**
 * Makes the test of an {@link Interrupt}. An edited message interrupts nothing.
 *
 * @throws FsmError `INVALID_OPTION`
 */
export function interruptTest(interrupt: Interrupt): (input: UserInput) => boolean {
  checkOption('interruptBy()', interrupt, interruptRule);
  if (typeof interrupt === 'function') return interrupt;
  const names = Array.isArray(interrupt)
    ? interrupt.map((name: string) => name.replace(/^\//, '').toLowerCase())
    : undefined;
  return (input) => {
    if (input.edited) return false;
    if (interrupt === 'any') return true;
    if (input.kind !== 'command') return false;
    return names === undefined || names.includes(input.value.command);
  };
}

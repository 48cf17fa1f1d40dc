/** What ends a slow check of an answer. */

import type { SceneBehavior } from '../../conversation/behavior.ts';
import type { UserInput } from '../../update/input.ts';
import { interruptTest } from '../../update/interrupt.ts';
import { questionsById } from './steps.ts';
import type { Plan } from './visit.ts';

/** Which input ends a turn in which of the flow's states; nothing, where no question says so. */
export function interruptsOf(
  { id, steps, options }: Plan,
  states: SceneBehavior['states'],
): Pick<SceneBehavior, 'interruptedBy'> {
  const tests = new Map<string, (input: UserInput) => boolean>();
  const own = options.interrupt && interruptTest(options.interrupt);
  if (own !== undefined) for (const state of states) tests.set(state.id, own);
  for (const [state, { interrupt }] of questionsById(steps, id)) {
    if (interrupt !== undefined) tests.set(state, interruptTest(interrupt));
  }
  if (tests.size === 0) return {};
  return {
    interruptedBy: (input) => [...tests].flatMap(([state, test]) => (test(input) ? [state] : [])),
  };
}

/** Updates that end a slow check of an answer. */

import type { SceneBehavior } from '../../conversation/behavior.ts';
import type { InterruptRule } from '../../update/interrupt.ts';
import type { Plan } from './active-flow.ts';
import { questionsById } from './steps.ts';

/** Returns the input that ends a turn, by the flow's states. */
export function interruptsOf(
  { id, steps, options }: Plan,
  states: SceneBehavior['states'],
): ReadonlyMap<string, InterruptRule> {
  const rules = new Map<string, InterruptRule>();
  const own = options.interrupt;
  if (own !== undefined) for (const state of states) rules.set(state.id, own);
  for (const [state, { interrupt }] of questionsById(steps, id)) {
    if (interrupt !== undefined) rules.set(state, interrupt);
  }
  return rules;
}

/** The description of a machine as JSON, for tools. */

import { definitionOf } from '../conversation/states.ts';
import type { Plan } from '../scene/flow/active-flow.ts';
import { describeFlow } from '../scene/flow/describe.ts';
import type { Machine, MachineDescription } from './machine-interface.ts';

/**
 * Describes a machine as JSON, for diagrams and checks.
 *
 * @example
 * ```ts
 * import { flow } from '@telefsm/core';
 * import { createMachine } from '@telefsm/core/adapter';
 * import { describeMachine } from '@telefsm/core/tools';
 *
 * const hello = flow('hello', { trigger: '/hello' })
 *   .ask('name', { prompt: 'What is your name?' })
 *   .done(({ name }) => `Hello, ${name}!`);
 * console.log(JSON.stringify(describeMachine(createMachine({ states: [hello] }))));
 * ```
 */
export function describeMachine(machine: Pick<Machine, '~runtime'>): MachineDescription {
  const { registry, options } = machine['~runtime'];
  const { namespace, version, defaults, initial } = options;
  return {
    namespace,
    version,
    strict: registry.strict,
    initial: initial?.scene.id ?? null,
    commands: defaults.commands,
    states: [...registry.states].map(([id, state]) => {
      const { groups, was } = definitionOf(state);
      return { id, groups, was };
    }),
    scenes: [...registry.scenes.values()].map(({ id, behavior }) => ({
      id,
      was: behavior.was ?? [],
      states: behavior.states.map((member) => member.id),
      details: behavior.flow
        ? describeFlow(behavior.flow as Plan, defaults.flowTimeout)
        : (behavior.describe?.() ?? {}),
    })),
  };
}

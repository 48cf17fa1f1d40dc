/** What a machine tells of itself: its commands for the bot's menu, and all of it as JSON. */

import type { BotCommand, SceneBehaviour } from '../conversation/behaviour.ts';
import { factsOf } from '../conversation/states.ts';
import type { Runtime } from '../transaction/runtime.ts';
import type { MachineDescription } from './machine-interface.ts';

/** The commands of a scene that have a description. */
export function commandsOf({ trigger, botCommands }: SceneBehaviour): readonly BotCommand[] {
  const { command, description } = trigger ?? {};
  const own = command === undefined || description === undefined ? [] : [{ command, description }];
  return [...own, ...(botCommands?.() ?? [])];
}

/** The whole machine as JSON. */
export function describe({ registry, options }: Runtime): MachineDescription {
  const { namespace, version, defaults, initial } = options;
  return {
    namespace,
    version,
    strict: registry.strict,
    initial: initial?.scene.id ?? null,
    commands: defaults.commands,
    states: [...registry.states].map(([id, state]) => {
      const { groups, was } = factsOf(state);
      return { id, groups, was };
    }),
    scenes: [...registry.scenes.values()].map(({ id, behaviour }) => ({
      id,
      was: behaviour.was,
      states: behaviour.states.map((member) => member.id),
      details: behaviour.describe?.() ?? {},
    })),
  };
}

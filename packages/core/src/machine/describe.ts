/** The description of a machine: its commands for the bot's menu, and all of it as JSON. */

import type { BotCommand, SceneBehavior } from '../conversation/behavior.ts';
import { definitionOf } from '../conversation/states.ts';
import type { Runtime } from '../transaction/runtime.ts';
import type { MachineDescription } from './machine-interface.ts';

/**
 * The commands of a scene that have a description and that Telegram accepts in a menu. It rejects a whole menu for one name of more than 32
 * characters or one description of more than 256 (Bot API, BotCommand).
 */
export function commandsOf({ trigger, botCommands }: SceneBehavior): readonly BotCommand[] {
  const { command = '', description } = trigger ?? {};
  const isListed = description && /^[a-z0-9_]{1,32}$/.test(command);
  const own = isListed ? [{ command, description: [...description].slice(0, 256).join('') }] : [];
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
      const { groups, was } = definitionOf(state);
      return { id, groups, was };
    }),
    scenes: [...registry.scenes.values()].map(({ id, behavior }) => ({
      id,
      was: behavior.was,
      states: behavior.states.map((member) => member.id),
      details: behavior.describe?.(defaults) ?? {},
    })),
  };
}

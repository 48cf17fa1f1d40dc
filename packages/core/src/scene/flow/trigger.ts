/** How a flow is started, and which commands continue to the bot while it runs. */

import type { JsonObject } from '../../base/json.ts';
import type { CommandPolicy, Trigger } from '../../conversation/behavior.ts';
import type { ActiveFlow } from './active-flow.ts';
import type { AnyFlowOptions } from './flow.ts';
import type { FlowParameters } from './parameters.ts';

/** How a flow is started; answers that come with it are kept aside until their question is reached. */
export function triggerOf(
  { trigger, deepLink, description, onTrigger = 'restart' }: AnyFlowOptions,
  from: ((argument: string, turn: never) => unknown) | undefined,
  parameters: FlowParameters | undefined,
): Trigger | undefined {
  if (trigger === undefined && deepLink === undefined) return undefined;
  return {
    ...(trigger !== undefined && { command: nameOf(trigger) }),
    ...(deepLink !== undefined && { deepLink }),
    ...(description !== undefined && { description }),
    continues: onTrigger !== 'restart',
    ...(from !== undefined && {
      async from(argument: string, turn: unknown, rejected: (error: unknown) => void) {
        // without parameters there is nothing to make of nothing
        if (argument === '' && parameters === undefined) return undefined;
        const given = (await from(argument, turn as never)) as JsonObject | null | undefined;
        const { startData } = await import('./given.ts');
        return startData(given, parameters, rejected);
      },
    }),
  };
}

/** Returns the policy for other commands while this flow runs. */
export function policyOf({ plan, run }: ActiveFlow): CommandPolicy {
  return plan.options.otherCommands ?? run.defaults.otherCommands;
}

/** A command as the parser gives it: without the slash, in lower case. */
export function nameOf(command: string): string {
  return command.replace(/^\//, '').toLowerCase();
}

/** Objects that a bot passes to its sessions: a wrong one fails when the bot is made, and not with the first update. */

import { checkOption } from '#option-checks';
import { having, type Rule } from '../base/rules.ts';
import type { AnyMachine } from '../machine/machine-interface.ts';

const machineRule: Rule = {
  expected: 'the machine that fsm() returned',
  fits: (found) => '~runtime' in Object(found),
};

const stageRule: Rule = having('a Stage of telefsm', 'asScenes');

/**
 * The context property of a framework's machine.
 *
 * @param where - the name of the option, for the error
 * @throws FsmError `INVALID_OPTION` if `machine` is not a machine
 */
export function propertyOf(where: string, machine: AnyMachine): string {
  checkOption(where, machine, machineRule);
  const property: unknown = Reflect.get(machine, '~property');
  return typeof property === 'string' ? property : 'fsm';
}

/**
 * Checks a store of a framework.
 *
 * @param where - the name of the option, for the error
 * @param methods - those that are called
 * @throws FsmError `INVALID_OPTION`, also for its class or a promise of it
 */
export function checkStore(where: string, store: unknown, ...methods: readonly string[]): void {
  checkOption(where, store, having('an object', ...methods));
}

/**
 * Checks that options without an effect are left out.
 *
 * @param where - the session that would ignore them, for the error
 * @throws FsmError `INVALID_OPTION`
 */
export function checkOmitted(options: object, where: string): void {
  for (const [name, value] of Object.entries(options)) {
    checkOption(`session ${name}`, value, { expected: `omitted for ${where}`, fits: isUndefined });
  }
}

const isUndefined = (found: unknown): boolean => found === undefined;

/**
 * Checks that the stage of a session is telefsm's.
 *
 * @throws FsmError `INVALID_OPTION` for a stage of Telegraf itself, which cannot have flows
 */
export function checkStage(stage: object): void {
  checkOption('session stage', stage, stageRule);
}

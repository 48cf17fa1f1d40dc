/** Prints what a machine does, where the variable `DEBUG` asks for it. */

import { isFsmError } from '../base/errors.ts';
import type { MachineEvents } from '../transaction/events.ts';
import type { Machine } from './machine-interface.ts';

/** A printer of the package `debug`: prints a line if `DEBUG` names its namespace. */
export interface DebugPrinter {
  (line: string, ...values: unknown[]): void;
  readonly enabled: boolean;
}

const problems = [
  'duplicate',
  'poisoned',
  'deadlineFailed',
  'storageFailed',
  'paymentUnmatched',
  'inputRejected',
  'sendFailed',
] as const satisfies (keyof MachineEvents)[];

/**
 * Prints each turn (`telefsm:turn`), each change of a state (`telefsm:state`) and whatever went wrong (`telefsm:warn`), as `DEBUG` chooses.
 *
 * The data of a conversation and the texts of its users are never printed. A namespace that is off when the machine is made costs nothing.
 *
 * @param debug - what the package `debug` exports
 */
export function debugLog(
  machine: Pick<Machine, 'observe'>,
  debug: (namespace: string) => DebugPrinter,
): void {
  const turn = debug('telefsm:turn');
  if (turn.enabled) {
    machine.observe('turn', ({ key = 'no conversation', cause, updateId, error, ...times }) => {
      const waited = times.waited > 0 ? `, ${Math.round(times.waited)} ms of them waiting` : '';
      const late =
        times.lateBy === undefined ? '' : `, a deadline ${Math.round(times.lateBy)} ms late`;
      const took = `${Math.round(times.took)} ms${waited}${late}`;
      const name = updateId === undefined ? cause : `${cause} ${updateId}`;
      if (error === undefined) turn(`${key}: ${name} took ${took}`);
      else turn(`${key}: ${name} failed after ${took}: ${shownError(error)}`);
    });
  }
  const changes = debug('telefsm:state');
  if (changes.enabled) {
    machine.observe(({ key, from, to, cause, left }) => {
      if (from.current === to.current && left.length === 0) return;
      const ended = left.map(({ scene, reason }) => `, ${scene} ended: ${reason}`).join('');
      changes(`${key}: ${from.current} → ${to.current} by ${cause}${ended}`);
    });
  }
  const warn = debug('telefsm:warn');
  if (!warn.enabled) return;
  machine.observe('repaired', ({ key, reason }) => warn(`repaired ${key}: ${reason}`));
  for (const name of problems)
    machine.observe(name, (event) => warn(`${name} ${membersOf(event)}`));
}

/** Objects are left out, and of errors all but their messages: errors of frameworks and databases have the call with its texts. */
function membersOf(event: MachineEvents[(typeof problems)[number]]): string {
  const shown = Object.entries(event).flatMap(([name, value]) => {
    if (name === 'error') return [`${name}: ${shownError(value)}`];
    return typeof value === 'object' ? [] : [`${name}: ${value}`];
  });
  return shown.join(', ');
}

function shownError(error: unknown): string {
  return isFsmError(error) ? `${error.code}: ${error.message}` : `${error}`;
}

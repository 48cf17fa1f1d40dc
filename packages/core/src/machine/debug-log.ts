/** Prints what a machine does, where the variable `DEBUG` asks for it. */

import { isFsmError } from '../base/errors.ts';
import { warn } from '../base/warning.ts';
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

/** Makes the printer of a namespace, as the package `debug` does. */
export type Debug = (namespace: string) => DebugPrinter;

/**
 * Prints each turn (`telefsm:turn`), each change of a state (`telefsm:state`) and whatever went wrong (`telefsm:warn`), as `DEBUG` chooses.
 *
 * The data of a conversation and the texts of its users are never printed. A namespace that is off costs nothing once the package is loaded.
 *
 * @param load - loads the package `debug`; called only if `DEBUG` is set, since a bot would wait for the package at its start
 */
export function debugLog(machine: Pick<Machine, 'observe'>, load: () => Promise<Debug>): void {
  if (!isAsked()) return;
  // one promise for all lines: until the package is loaded they wait, in their order
  const loaded = load().catch((error): Debug => {
    warn(`DEBUG is set, but the package debug could not be loaded: ${error}`, 'TELEFSM_DEBUG');
    return () => Object.assign(() => {}, { enabled: false });
  });
  const printers = loaded.then((debug) => ({
    turn: debug('telefsm:turn'),
    state: debug('telefsm:state'),
    warn: debug('telefsm:warn'),
  }));
  const print = (name: 'turn' | 'state' | 'warn', line: string) =>
    void printers
      .then((found) => found[name](line))
      .catch((error) => warn(`A line of DEBUG could not be printed: ${error}`, 'TELEFSM_DEBUG'));

  const stopTurns = machine.observe(
    'turn',
    ({ key = 'no conversation', cause, updateId, ...event }) => {
      const { error, waited, lateBy } = event;
      const wait = waited > 0 ? `, ${Math.round(waited)} ms of them waiting` : '';
      const late = lateBy === undefined ? '' : `, a deadline ${Math.round(lateBy)} ms late`;
      const took = `${Math.round(event.took)} ms${wait}${late}`;
      const name = updateId === undefined ? cause : `${cause} ${updateId}`;
      const failed = error === undefined ? '' : `: ${shownError(error)}`;
      print('turn', `${key}: ${name} ${failed ? 'failed after' : 'took'} ${took}${failed}`);
    },
  );
  const stopStates = machine.observe(({ key, from, to, cause, left }) => {
    if (from.current === to.current && left.length === 0) return;
    const ended = left.map(({ scene, reason }) => `, ${scene} ended: ${reason}`).join('');
    print('state', `${key}: ${from.current} → ${to.current} by ${cause}${ended}`);
  });
  void printers.then((found) => {
    if (!found.turn.enabled) stopTurns();
    if (!found.state.enabled) stopStates();
    // later than the other two: whatever nobody observes is a warning of the process
    if (!found.warn.enabled) return;
    machine.observe('repaired', ({ key, reason }) => print('warn', `repaired ${key}: ${reason}`));
    for (const name of problems)
      machine.observe(name, (event) => print('warn', `${name} ${membersOf(event)}`));
  });
}

/** Whether `DEBUG` names anything. Where there are no variables, as in browsers, the package finds out. */
function isAsked(): boolean {
  const process: { env?: { readonly DEBUG?: string } } | undefined = Reflect.get(
    globalThis,
    'process',
  );
  return process?.env === undefined || !!process.env.DEBUG;
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

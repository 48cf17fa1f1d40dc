/** Fires timers that have passed; a handler that fails is tried again later. */

import { FsmError } from '../base/errors.ts';
import { passTimer, settle, speak } from '../unit/engine.ts';
import type { Unit } from '../unit/unit.ts';
import type { MachineHost } from './host.ts';

/** Delays after each failure of a deadline's handler, in ms; after the last one it is removed. */
const deadlineDelays = [1000, 4000, 16_000, 64_000];

/** Fires every timer that has passed, as a unit of its own. */
export async function fireDeadline(host: MachineHost, unit: Unit, waited: number): Promise<void> {
  const { draft } = unit;
  const now = host.clock.now();
  // what a migration has changed stays, whatever the handlers do
  if (draft.changed) await unit.writeAhead();
  const passed = [...(draft.timers ?? [])]
    .filter(([, at]) => at + waited <= now)
    .sort(([, a], [, b]) => a - b);
  for (const [timer] of passed) {
    // an earlier one may have moved the conversation on, and with it gone the later ones
    if (draft.timers?.has(timer) !== true) continue;
    try {
      await passTimer(unit, timer);
      await settle(unit);
      await unit.writeAhead();
    } catch (error) {
      if (error instanceof FsmError && error.code === 'LEASE_LOST') throw error;
      await postpone(host, unit, timer, error);
      continue;
    }
    try {
      await speak(unit);
    } catch (error) {
      // the transition is committed and must not come again; a question that was not said is owed
      if (unit.facts.cause !== 'deadline') throw error;
      host.speechFailed(unit, error);
    }
  }
  // a deadline without timers: written by a version that knew more
  if (passed.length === 0 && draft.timers === undefined) draft.disarm();
}

async function postpone(
  host: MachineHost,
  unit: Unit,
  timer: string,
  error: unknown,
): Promise<void> {
  unit.undo();
  const { draft } = unit;
  const delay = deadlineDelays[draft.failures];
  draft.postpone(timer, delay === undefined ? undefined : host.clock.now() + delay);
  await unit.writeAhead();
  const key = unit.key ?? '';
  host.tell('deadlineFailed', {
    key,
    error,
    ...(delay === undefined ? {} : { retryIn: delay }),
  });
}

/** Fires timers that have passed; a handler that fails is tried again later. */

import { namedError } from '../base/named-error.ts';
import { stateTimer } from '../state/working-copy.ts';
import { commitAhead, deliverAndMoveOn, finishWork, rollBack } from './commit.ts';
import { isInterruption } from './interrupts.ts';
import { isOutage } from './outage.ts';
import type { OpenTurn } from './runtime.ts';

/** Delays after each failure of a deadline's handler, in ms; after the last one it is removed. */
const retryDelays = [1000, 4000, 16_000, 64_000];

/**
 * Fires every timer that has passed; each is committed by itself.
 *
 * @param waited - for how long the turn has waited, in ms: what passed meanwhile is after it
 */
export async function fireDeadlines(turn: OpenTurn, waited: number): Promise<void> {
  const { copy, rt } = turn;
  const now = rt.clock.monotonic();
  // changes of a migration stay, whatever the handlers do
  if (copy.changed) await commitAhead(turn);
  const passed = [...(copy.timers ?? [])]
    .filter(([, at]) => at + waited <= now)
    .sort(([, a], [, b]) => a - b);
  // not by its handler: services that fail, as in an outage of a database, remove no deadline
  if (passed.length > 0) await turn.loadServices();
  for (const [timer] of passed) {
    // an earlier one may have moved the conversation on, and with it gone the later ones
    if (copy.timers?.has(timer) === true) await fire(turn, timer);
  }
  // a newer version has written it
  if (passed.length === 0 && copy.timers === undefined) copy.disarm();
}

async function fire(turn: OpenTurn, timer: string): Promise<void> {
  const { copy, facts, rt } = turn;
  try {
    copy.arm(timer, undefined);
    if (timer === stateTimer || !(await rt.engine?.passTimer(turn, timer))) await timeOut(turn);
    await finishWork(turn);
    await commitAhead(turn);
  } catch (error) {
    // an outage removes no deadline: it is tried again until the storage is back
    if (isOutage(error)) throw error;
    if (isInterruption(error, turn)) {
      // the messages are not answered, as that of an update that is interrupted
      turn.phase = 'failed';
      rollBack(turn);
      rt.engine?.forgetBurst(turn, timer);
      await commitAhead(turn);
      throw error;
    }
    return postpone(turn, timer, namedError(error));
  }
  try {
    await deliverAndMoveOn(turn);
  } catch (error) {
    // the transition is committed and must not come again; a question that was not asked is pending
    if (facts.cause !== 'deadline' || isOutage(error)) throw error;
    rollBack(turn);
    rt.sendFailed(turn.key, namedError(error));
  }
}

/** The deadline of a plain state. */
async function timeOut(turn: OpenTurn): Promise<void> {
  const { onTimeout } = turn.rt.options;
  const say = await onTimeout?.(turn);
  if (onTimeout === undefined) turn.state.clear();
  if (say != null) turn.effects.send(say);
}

async function postpone(turn: OpenTurn, timer: string, error: unknown): Promise<void> {
  rollBack(turn);
  const { copy, rt, key = '' } = turn;
  const delay = retryDelays[copy.failures];
  copy.postpone(timer, delay === undefined ? undefined : rt.clock.monotonic() + delay);
  await commitAhead(turn);
  rt.notify('deadlineFailed', { key, error, ...(delay !== undefined && { retryIn: delay }) });
}

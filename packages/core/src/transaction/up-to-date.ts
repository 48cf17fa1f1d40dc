/** Brings a conversation up to date before its update is handled: data migrations, unknown states, pending questions, passed deadlines. */

import { isEmpty } from '../record/record.ts';
import { comesOnce } from '../update/comes-once.ts';
import { commit, commitAhead, deliverAndMoveOn, finishWork, rollBack } from './commit.ts';
import { fireDeadlines } from './deadlines.ts';
import { migrate } from './migrate.ts';
import { isOutage } from './outage.ts';
import { repair, unreadableRecord } from './repair.ts';
import type { Opened, OpenTurn } from './runtime.ts';
import { findUnknown } from './unknown-state.ts';

/**
 * Brings a conversation up to date: migrations, the policy for what is unknown, pending questions, deadlines that have passed. What any
 * of them changes is committed before the turn continues.
 *
 * @returns whether the turn is still to be done
 * @throws FsmError `STATE_UNKNOWN`, `SCENE_UNKNOWN`, `DATA_INVALID` by policy
 */
export async function bringUpToDate({
  turn,
  isDuplicate,
  waited,
  unreadable,
}: Opened): Promise<boolean> {
  const { rt, copy, facts } = turn;
  const isNew = turn.stored === undefined;
  if (unreadable !== undefined) {
    await repair(turn, unreadableRecord(turn.stored?.text ?? '', unreadable));
    return true;
  }
  await evolve(turn);
  // a user who presses a button of a question has seen it, even if the process died before it noted the message
  const isSeen = facts.isElsewhere || rt.engine?.isSeen(turn);
  if (copy.pendingPrompt && !isDuplicate && isSeen) {
    // asked again once the update has been handled, so that it shows the result
    turn.effects.note({ kind: 'ask' });
  } else if (copy.pendingPrompt) {
    const goesOn = await askAgain(turn);
    if (isDuplicate || !goesOn) {
      turn.phase = 'over';
      await commit(turn, false);
      return false;
    }
  }
  const due = copy.deadlineAt;
  if (facts.cause !== 'deadline' && due !== undefined && due + waited <= rt.clock.monotonic()) {
    await fireDeadlines(turn, waited);
  }
  const { adopt } = rt.options;
  if (isNew && adopt !== undefined) {
    // takes over the data of an earlier system, as part of the turn
    await turn.loadServices();
    await adopt(turn);
    await finishWork(turn);
  }
  return true;
}

/** Migrations, former names, data that its schema does not take. */
async function evolve(turn: OpenTurn): Promise<void> {
  const { rt, copy } = turn;
  const { version, migrations, migrationVersions } = rt.options;
  let record = copy.base;
  // of a conversation that was cleared there is nothing to migrate
  if (record.version < version && !isEmpty(record)) {
    record = migrate(record, migrations, migrationVersions);
  }
  copy.version = version;
  copy.top = record.top;
  copy.below = record.below;
  const inspection = await findUnknown(record, rt.registry);
  if ('reason' in inspection) return repair(turn, inspection);
  copy.top = inspection.top;
  copy.below = inspection.below;
}

/**
 * Asks again what was committed and perhaps never asked, because a process died in between.
 *
 * Where it cannot be asked, now either, it stays pending. That fails only what would be an answer to it: commands, buttons and work from
 * elsewhere are the ways out for a user whose question can never be asked. Updates that come only once are handled, too.
 *
 * @returns whether the turn may continue: an answer to a question that nobody saw is none
 */
async function askAgain(turn: OpenTurn): Promise<boolean> {
  const { copy, effects, input, rt, update } = turn;
  const { top, below, pendingPrompt } = copy;
  const isAnswer = input !== undefined && input.kind !== 'command' && input.kind !== 'button';
  // a payment, or a vote in another poll, would not come again
  const goesOn = !isAnswer || (update !== undefined && comesOnce(update));
  const tolerate = (error: unknown) => {
    if (!goesOn || isOutage(error)) throw error;
    rt.sendFailed(turn.key, error);
  };
  await turn.loadServices();
  copy.pendingPrompt = 0;
  effects.note({ kind: 'ask' });
  try {
    await finishWork(turn);
    // the same question: whether the user has read that it cannot be sent is as before
    if (copy.pendingPrompt && copy.top.state === top.state) copy.pendingPrompt = pendingPrompt;
  } catch (error) {
    tolerate(error);
    effects.silence();
    copy.top = top;
    copy.below = below;
    copy.pendingPrompt = pendingPrompt;
  }
  await commitAhead(turn);
  await deliverAndMoveOn(turn, goesOn).catch((error: unknown) => {
    tolerate(error);
    // the question may have moved the user on, and that is not committed
    rollBack(turn);
  });
  return goesOn;
}

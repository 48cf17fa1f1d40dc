/** How turns end that do not end well: handled before, interrupted, failed. */

import { isFsmError } from '../base/errors.ts';
import { namedError } from '../base/named-error.ts';
import { commitId, commitsEnded, rollBack } from './commit.ts';
import type { TurnFacts } from './facts.ts';
import { isInterruption } from './interrupts.ts';
import type { Job } from './job.ts';
import type { Meter } from './meter.ts';
import type { OpenTurn, Runtime } from './runtime.ts';

/** A turn that was done before: nothing is done, and a button's loading spinner disappears. */
export async function skip(turn: OpenTurn): Promise<void> {
  const { rt, facts, lease, key = '' } = turn;
  await lease?.release();
  notifyDuplicate(rt, facts);
  try {
    await turn.answerCallback({});
  } catch (error) {
    rt.sendFailed(key, error);
  }
}

/**
 * Ends a turn in which something was thrown.
 *
 * @param turn - absent if the conversation could not be opened
 * @throws the error, unless the job forgives it or another attempt has handled the update
 */
export async function endFailed(
  rt: Runtime,
  job: Job,
  turn: OpenTurn | undefined,
  thrown: unknown,
  meter: Meter | undefined,
): Promise<undefined> {
  const error = namedError(thrown);
  // another attempt has handled this very update, so it is done for Telegram
  const isHandled = isFsmError(error, 'LEASE_LOST') && error.details.handled;
  if (!isHandled) meter?.fail(error);
  if (turn !== undefined) {
    if (isInterruption(error, turn)) return await yieldTurn(turn);
    const { used: effects } = turn;
    const isTooLarge = isFsmError(error, 'RECORD_TOO_LARGE') && effects?.takesInput === true;
    if (isTooLarge || (effects?.rejection && effects.rejection.error === thrown)) {
      const { rejectInput } = await import('./reject-input.ts');
      return void (await rejectInput(turn, error));
    }
    await fail(turn);
  }
  if (isHandled) notifyDuplicate(rt, job);
  else if (job.forgives?.(error) !== true) throw error;
}

function notifyDuplicate(rt: Runtime, { key = '', id }: TurnFacts): void {
  if (typeof id === 'number') rt.notify('duplicate', { key, updateId: id });
}

/** Ends a turn that was interrupted: what it began with stays, and its update is not handled again. */
async function yieldTurn(turn: OpenTurn): Promise<undefined> {
  await commitsEnded(turn);
  rollBack(turn);
  turn.phase = 'failed';
  await commitId(turn);
}

/** Ends a turn that failed: everything since its last commit is rolled back. */
async function fail(turn: OpenTurn): Promise<void> {
  const { lease, rt, key = '' } = turn;
  const apology = turn.used?.take('apology');
  await commitsEnded(turn);
  rollBack(turn);
  turn.phase = 'failed';
  await lease?.release();
  if (apology === undefined || turn.replyAddress === undefined) return;
  try {
    const { apologize } = await import('./apologies.ts');
    await apologize(turn, apology);
  } catch (error) {
    rt.sendFailed(key, error);
  }
}

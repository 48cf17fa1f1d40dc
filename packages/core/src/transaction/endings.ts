/** How turns end: committed, handled before, interrupted, failed; and how they leave the queue. */

import { isFsmError } from '../base/errors.ts';
import { namedError } from '../base/named-error.ts';
import {
  commit,
  commitId,
  commitsEnded,
  rollBack,
  runReleased,
  settle,
  throwFailure,
} from './commit.ts';
import { deliver } from './deliver.ts';
import type { TurnFacts } from './facts.ts';
import { isInterruption } from './interrupts.ts';
import type { Meter } from './meter.ts';
import type { QueuedJob } from './queued.ts';
import type { OpenTurn, Runtime } from './runtime.ts';

/**
 * Ends a turn whose work is done: hooks, commit, and delivery. Most turns have only the commit.
 *
 * @throws what they throw
 */
export function conclude(turn: OpenTurn): void | Promise<void> {
  if (turn.used !== undefined) return concludeEffects(turn);
  turn.phase = 'over';
  return commit(turn, false);
}

async function concludeEffects(turn: OpenTurn): Promise<void> {
  await settle(turn);
  // a hook may have begun one that it does not await
  while (turn.writing !== undefined) await turn.writing;
  // later changes of a handler that nobody awaits could not be committed, so they are rejected
  turn.phase = 'over';
  const committed = commit(turn, false);
  if (committed !== undefined) await committed;
  if (turn.used?.isSending) await deliver(turn);
  throwFailure(turn);
}

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
  { rt, job, around, interrupted }: QueuedJob,
  turn: OpenTurn | undefined,
  thrown: unknown,
  meter: Meter | undefined,
): Promise<undefined> {
  const error = namedError(thrown);
  // another attempt has handled this very update, so it is done for Telegram
  const isHandled = isFsmError(error, 'LEASE_LOST') && error.details.handled;
  if (!isHandled) meter?.fail(error);
  const outer = around?.isOpen === false ? undefined : around;
  if (turn !== undefined) {
    if (isInterruption(error, turn)) {
      if (outer !== undefined) outer.interrupted = error;
      return await yieldTurn(turn);
    }
    if (error !== undefined && error === interrupted) return await yieldTurn(turn);
    const { used: effects } = turn;
    const isTooLarge = isFsmError(error, 'RECORD_TOO_LARGE') && effects?.takesInput === true;
    if (isTooLarge || (effects?.rejection && effects.rejection.error === thrown)) {
      const { rejectInput } = await import('./reject-input.ts');
      return void (await rejectInput(turn, error));
    }
    await fail(turn);
  }
  if (isHandled) notifyDuplicate(rt, job);
  // the turn around it was interrupted, and nobody waits for this one
  else if (around !== undefined && isInterruption(error, around)) return;
  // the outermost turn counts the failure, and decides for all
  else if (outer !== undefined || job.forgives?.(error) !== true) throw error;
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
export async function fail(turn: OpenTurn): Promise<void> {
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

/** Leaves the queue, and runs the tasks whose commit was accepted. */
export function leave(queued: QueuedJob, turn: OpenTurn | undefined): void | Promise<void> {
  const { stopping } = queued.rt;
  queued.leave();
  if (turn?.used?.released === undefined) return stopping.end();
  return runReleased(turn).finally(() => stopping.end());
}

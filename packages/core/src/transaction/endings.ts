/** How turns end that do not end well: handled before, interrupted, failed. */

import { commitId, rollBack } from './commit.ts';
import type { OpenTurn } from './runtime.ts';

/** A turn that was done before: nothing is done, and a button's loading spinner disappears. */
export async function skip({ rt, facts, lease, key = '' }: OpenTurn): Promise<void> {
  const { id, bot, update } = facts;
  await lease?.release();
  if (typeof id === 'number') rt.notify('duplicate', { key, updateId: id });
  const query = (update?.['callback_query'] as { id?: string } | undefined)?.id;
  if (query === undefined || bot === undefined) return;
  try {
    await bot.call('answerCallbackQuery', { callback_query_id: query });
  } catch (error) {
    rt.sendFailed(key, error);
  }
}

/** Ends a turn that was interrupted: what it began with stays, and its update is not handled again. */
export async function yieldTurn(turn: OpenTurn): Promise<void> {
  await turn.writing?.catch(() => {});
  rollBack(turn);
  turn.phase = 'failed';
  await commitId(turn);
}

/** Ends a turn that failed: everything since its last commit is rolled back. */
export async function fail(turn: OpenTurn): Promise<void> {
  const { lease, rt, key = '' } = turn;
  const apology = turn.used?.take('apology');
  // a commit() that nobody awaited is on its way all the same
  await turn.writing?.catch(() => {});
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

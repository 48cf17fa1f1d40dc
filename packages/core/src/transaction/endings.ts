/** How turns end that do not end well: handled before, interrupted, rejected, failed. */

import { isFsmError } from '../base/errors.ts';
import { resolveText } from '../conversation/texts.ts';
import { commitId, deliver, rollBack, textsOf } from './commit.ts';
import type { OpenTurn } from './runtime.ts';

/** A turn that was done before: nothing is done, and a button's loading spinner disappears. */
export async function skip({ rt, facts, hold, key = '' }: OpenTurn): Promise<void> {
  const { id, bot, update } = facts;
  await hold?.release();
  if (typeof id === 'number') rt.notices.duplicate(key, id);
  const query = (update?.['callback_query'] as { id?: string } | undefined)?.id;
  if (query === undefined || bot === undefined) return;
  try {
    await bot.call('answerCallbackQuery', { callback_query_id: query });
  } catch (error) {
    rt.notices.sendFailed(key, error);
  }
}

/** Ends a turn that was interrupted: what it began with stays, and its update is not handled again. */
export async function yieldTurn(turn: OpenTurn): Promise<void> {
  await turn.writing?.catch(() => {});
  rollBack(turn);
  turn.phase = 'failed';
  await commitId(turn);
}

/** The result of an input cannot be stored: the user gets a message, and everything is rolled back except for the id of the update. */
export async function refuseInput(turn: OpenTurn, error: unknown): Promise<void> {
  const { effects, rt, input, key = '' } = turn;
  await turn.writing?.catch(() => {});
  rollBack(turn);
  rt.notices.inputRejected(key, error);
  const name = isFsmError(error, 'RECORD_TOO_LARGE') ? 'tooLong' : 'invalid';
  const text = await resolveText(textsOf(turn), name, turn);
  if (input?.kind === 'button') effects.answerQuery({ text, show_alert: true });
  else effects.send(text);
  turn.phase = 'over';
  await commitId(turn);
  await deliver(turn);
}

/** Ends a turn that failed: nothing since its last commit is kept. */
export async function fail(turn: OpenTurn): Promise<void> {
  const { hold, rt, key = '' } = turn;
  const apology = turn.used?.takeApology();
  // a commit() that nobody awaited is on its way all the same
  await turn.writing?.catch(() => {});
  rollBack(turn);
  turn.phase = 'failed';
  await hold?.release();
  if (apology === undefined || turn.replyAddress === undefined) return;
  try {
    await turn.sendOwn(await resolveText(apology, 'failed', turn));
    await turn.answerCallback({});
  } catch (error) {
    rt.notices.sendFailed(key, error);
  }
}

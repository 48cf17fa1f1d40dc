/** Edited messages that change answers. Loaded with the first one. */

import type { UserInput } from '../../update/input.ts';
import { messageId, wordsOf } from './accept.ts';
import {
  type ActiveFlow,
  answersPaying,
  askTurnOf,
  keep,
  locate,
  move,
  text,
  wasAsked,
} from './active-flow.ts';
import { buttonTyped, checkValue, valueIn } from './answer.ts';
import { redo } from './ask.ts';
import { optionsOf } from './choices.ts';
import { corrected } from './memo.ts';
import { changing, reviewed } from './moves.ts';
import { offerOf } from './offer.ts';
import { questionAgain } from './pending.ts';
import type { PendingAsk } from './pending-question.ts';
import { isClosed, readAt, withAnswer } from './progress.ts';

/** Changes the answer that a message gave, after the message was edited; `false` if it gave none. */
export async function handleEdited(active: ActiveFlow, input: UserInput): Promise<boolean> {
  const { plan, run } = active;
  const message = messageId(input);
  const given = active.memo.gave?.find(([, id]) => id === message);
  if (given === undefined) return false;
  if (await answersPaying(active)) return true;
  const [path] = given;
  if (isClosed(active.progress, path)) return false;
  const pending = await questionAgain(plan, active.progress, path, askTurnOf(active));
  if (pending === undefined) return false;
  const { question } = pending.step;
  const value = (await choiceIn(active, pending, input)) ?? (await valueIn(question, input));
  if (value === undefined) return false;
  const verdict = await checkValue(question, value, pending.answers, run.turn);
  if (verdict.kind === 'rejected') run.say(await wordsOf(active, verdict));
  if (verdict.kind === 'redo') move(active, redo(active, pending, verdict.name));
  if (verdict.kind !== 'answer') return true;
  // Telegram sends an edit for more than the answer, such as a new position of a live location
  const before = readAt(active.progress.answers, path);
  if (JSON.stringify(before) === JSON.stringify(verdict.value)) return true;
  const others = changing(reviewed(active.progress, path, pending.level), path, pending.level);
  keep(active, withAnswer(others, path, verdict.value), {
    ...corrected(active, path),
    gave: [given],
  });
  const after = (await locate(active)).pending;
  // a summary or an invoice that was shown is of what was said before
  const isOutdated = after?.kind === 'confirm' || active.memo.invoice !== undefined;
  if (after === undefined || !wasAsked(active, after)) move(active, active.progress);
  else if (isOutdated) run.ask();
  return true;
}

/** The choice whose label the message is now. */
async function choiceIn(
  active: ActiveFlow,
  pending: PendingAsk,
  input: UserInput,
): Promise<string | undefined> {
  const { question } = pending.step;
  if (input.kind !== 'text' || question.multiple === true) return undefined;
  // the first page, since which one the user was shown is not stored
  const listing = await optionsOf(pending, askTurnOf(active), (name) => text(active, name), 0);
  const { options } = await offerOf(active, pending, listing);
  return buttonTyped(options, input.text, question)?.value;
}

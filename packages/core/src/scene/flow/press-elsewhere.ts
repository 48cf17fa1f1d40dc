/** Takes a press on a button of a question that somebody else answers, in another chat. */

import type { SceneRun } from '../../conversation/behavior.ts';
import { callOf, type Say } from '../../conversation/say.ts';
import { readElsewhere } from '../../update/elsewhere.ts';
import { idIn, objectIn, wholeIn } from '../../update/raw-update.ts';
import { wordsOf } from './accept.ts';
import { checkValue } from './answer.ts';
import { redo } from './ask.ts';
import { tokenFor } from './ask-elsewhere.ts';
import { type FlowMemo, memoOf } from './memo.ts';
import { answered } from './moves.ts';
import { choicesOf } from './offer.ts';
import {
  elsewhereMessage,
  locate,
  move,
  note,
  progressOf,
  text,
  tokenOf,
  type Visit,
  wasAsked,
} from './visit.ts';

/** Takes a press in the other chat; it has been answered when this returns. */
export async function pressElsewhere(visit: Visit, data: string): Promise<void> {
  const { run } = visit;
  const button = readElsewhere(data);
  const { pending } = await locate(visit);
  const asked = memoOf(run.memo).elsewhere;
  const isAsked = pending?.kind === 'ask' && pending.step.question.to !== undefined;
  const place = isAsked ? pending : undefined;
  const isPending = place !== undefined && wasAsked(visit, place);
  const isOffered = isPending && button?.visit === run.visit && button.question === tokenOf(place);
  const query = objectIn(run.turn.update ?? { update_id: 0 }, 'callback_query');
  const message = objectIn(query, 'message');
  // where the process died before it knew the message, the chat is what is known
  const isThere =
    idIn(message, 'chat') === asked?.chat &&
    (asked?.message === undefined || asked.message === wholeIn(message, 'message_id'));
  if (!isOffered || !isThere || asked === undefined) return staleElsewhere(visit);
  const presser = idIn(query, 'from');
  if (asked.by !== undefined && (presser === undefined || !asked.by.includes(presser))) {
    return run.answer(await text(visit, 'notYours'), true);
  }
  const { options = [] } = (await choicesOf(visit, place)) ?? {};
  const option = options.find(({ value }) => tokenFor(value) === button.value);
  if (option === undefined) return staleElsewhere(visit);
  const { question } = place.step;
  const verdict = await checkValue(question, option.value, place.answers, run.turn);
  if (verdict.kind === 'refused') {
    const words = await wordsOf(visit, verdict);
    return run.answer(typeof words === 'string' ? words : await text(visit, 'invalid'), true);
  }
  run.answer();
  const found = wholeIn(message, 'message_id');
  if (verdict.kind === 'redo') {
    closeElsewhere(run, { ...asked, message: found });
    note(visit, { elsewhere: undefined });
    return move(visit, redo(visit, place, verdict.name));
  }
  const words = await question.answered?.(verdict.value, run.turn, place.answers);
  closeElsewhere(run, { ...asked, message: found }, words);
  note(visit, { elsewhere: undefined });
  move(visit, answered(progressOf(run), place, verdict.value));
}

/** Answers a press of a button that counts no more, and takes the buttons away: the edit may have been lost. */
async function staleElsewhere(visit: Visit): Promise<void> {
  const { run } = visit;
  run.answer(await text(visit, 'stale'));
  const query = objectIn(run.turn.update ?? { update_id: 0 }, 'callback_query');
  const message = objectIn(query, 'message');
  const chat = idIn(message, 'chat');
  const asked = memoOf(run.memo).elsewhere;
  const number = wholeIn(message, 'message_id');
  if (chat === undefined || number === undefined || asked?.message === number) return;
  closeElsewhere(run, { chat, message: number });
}

/** Shows in the other chat that the question is answered, or asked no more. */
function closeElsewhere(
  run: Pick<SceneRun, 'call'>,
  { chat, message }: NonNullable<FlowMemo['elsewhere']>,
  words: Say = '',
): void {
  const where = elsewhereMessage(chat, message);
  if (words === '') run.call({ method: 'editMessageReplyMarkup', payload: where });
  else {
    const { payload } = callOf(words, undefined);
    run.call({ method: 'editMessageText', payload: { ...payload, ...where } });
  }
}

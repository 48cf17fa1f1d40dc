/** Handles a value as an answer: checks it, then continues or rejects it, and counts attempts. */

import type { Awaitable } from '../../base/type-tools.ts';
import type { Say } from '../../conversation/say.ts';
import type { UserInput } from '../../update/input.ts';
import { objectIn, wholeIn } from '../../update/raw-update.ts';
import { isTextKind } from '../../update/text-kind.ts';
import { checkValue, takesAlbum, type Verdict } from './answer.ts';
import { redo } from './ask.ts';
import { type FlowMemo, memoOf } from './memo.ts';
import { answered } from './moves.ts';
import type { AskPlace, Place } from './place.ts';
import { markOf, withPassed } from './progress.ts';
import { move, note, progressOf, text, type Visit } from './visit.ts';

/** Checks a value, then continues with it or rejects it with a message. */
export async function accept(
  visit: Visit,
  place: AskPlace,
  value: unknown,
  input?: UserInput,
  next?: () => Promise<void>,
): Promise<void> {
  const { run } = visit;
  const verdict = await checkValue(place.step.question, value, place.answers, run.turn);
  if (verdict.kind === 'refused') {
    await refuse(visit, place, await wordsOf(visit, verdict));
    // the money has moved all the same
    return input?.kind === 'payment' ? next?.() : undefined;
  }
  if (verdict.kind === 'redo') return move(visit, redo(visit, place, verdict.name));
  move(visit, answered(progressOf(run), place, verdict.value), provenance(visit, place, input));
}

/** Continues without an answer. */
export function skip(visit: Visit, place: Place): void {
  move(visit, withPassed(progressOf(visit.run), place.path));
}

/** Ends an album with the parts that have come. */
export async function finishAlbum(visit: Visit, place: AskPlace): Promise<void> {
  const { parts } = memoOf(visit.run.memo);
  if (parts === undefined) return hint(visit, place);
  // if they are refused, the user begins anew
  note(visit, { parts: undefined, numbers: undefined });
  return accept(visit, place, parts);
}

/** Says that the input is of another kind than the question takes. */
export async function hint(visit: Visit, place: Place): Promise<void> {
  const otherwise = place.kind === 'ask' ? place.step.question.otherwise : undefined;
  const own =
    typeof otherwise === 'function' ? await otherwise(place.answers, visit.run.turn) : otherwise;
  const accept = place.kind === 'ask' ? place.step.question.accept : undefined;
  const words = isTextKind(accept) ? wordsOfKind[accept] : 'wrongKind';
  await refuse(visit, place, own ?? (await text(visit, words)));
}

const wordsOfKind = {
  email: 'notEmail',
  phone: 'notPhone',
  url: 'notUrl',
  date: 'notDate',
  number: 'notNumber',
} as const;

/** Returns the text for a user whose answer was rejected. */
export function wordsOf(
  visit: Visit,
  verdict: Extract<Verdict, { readonly kind: 'refused' }>,
): Awaitable<Say> {
  if (verdict.error !== undefined) visit.run.refused(verdict.error);
  return 'say' in verdict ? verdict.say : text(visit, verdict.text);
}

/** Says what was wrong; the question stays, and only a limit of attempts is counted. */
async function refuse(visit: Visit, place: Place, say: Say): Promise<void> {
  const { plan, run } = visit;
  const question = place.kind === 'ask' ? place.step.question : undefined;
  const limit = question?.attempts ?? plan.options.attempts;
  const album = run.input?.album;
  // an album is refused as a whole; only where parts are collected the next one may fit
  if (album !== undefined && !(question && takesAlbum(question))) note(visit, { album });
  const count = (memoOf(run.memo).attempts ?? 0) + 1;
  if (limit !== undefined && count >= limit) {
    note(visit, { over: 'attempts' });
    run.leave('canceled');
    return;
  }
  if (limit !== undefined) note(visit, { attempts: count });
  if (run.input?.kind === 'button' && typeof say === 'string') run.answer(say);
  else if (plan.options.prompts === 'edit') run.ask({ below: say });
  else run.say(say);
}

/** The traces of an answer in the memo: its album, and its message where edits count. */
function provenance(visit: Visit, place: AskPlace, input: UserInput | undefined): FlowMemo {
  const { plan, run } = visit;
  const memo = memoOf(run.memo);
  const album = input?.album ?? memo.album;
  const message = input && messageId(visit, input);
  const edits = plan.options.editedMessages === 'update' && message !== undefined;
  const others = (memo.gave ?? []).filter(([path]) => markOf(path) !== markOf(place.path));
  return {
    ...(album !== undefined && { album }),
    ...(edits && { gave: [...others, [place.path, message] as const] }),
  };
}

/** The message that the input is; a press of a button is none. */
export function messageId({ run }: Visit, { update }: UserInput): number | undefined {
  const { updateType } = run.turn.subject;
  return updateType === undefined ? undefined : wholeIn(objectIn(update, updateType), 'message_id');
}

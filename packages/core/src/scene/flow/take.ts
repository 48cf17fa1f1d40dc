/** Takes what a user sends while a flow is active: answers, buttons, parts of albums, edited messages. */

import type { Awaitable } from '../../base/type-tools.ts';
import type { Say } from '../../conversation/say.ts';
import type { UserInput } from '../../update/input.ts';
import { objectIn, textIn, wholeIn } from '../../update/raw-update.ts';
import { checkValue, choiceByLabel, takesAlbum, type Verdict, valueIn } from './answer.ts';
import { redo } from './ask.ts';
import { controlsAt, goBack } from './controls.ts';
import { type FlowMemo, memoOf } from './memo.ts';
import { answered, changing, reviewed } from './moves.ts';
import { isPaid, saysPaying } from './payment.ts';
import { type Place, positionOf } from './pending.ts';
import { markOf, withAnswer, without, withPassed } from './progress.ts';
import { choicesOf } from './prompt.ts';
import { keep, locate, move, note, progressOf, text, type Visit, wasAsked } from './visit.ts';

type AskPlace = Extract<Place, { readonly kind: 'ask' }>;

/** Kinds that come without being sent as an answer in this chat: they go on to the bot where no step asks for them. */
const events: ReadonlySet<UserInput['kind']> = new Set([
  'poll_answer',
  'payment',
  'web_app',
  'users_shared',
  'chat_shared',
]);

/** How long after the last part an album is complete, in ms. */
const albumPause = 1000;

/** The most parts that are collected: no album of Telegram's is larger, but they may come one by one. */
const mostParts = 100;

/** Takes an input that is no button of the flow's own. */
export async function takeInput(
  visit: Visit,
  input: UserInput,
  next: () => Promise<void>,
): Promise<void> {
  const { run } = visit;
  const memo = memoOf(run.memo);
  // the rest of an album whose first part was the answer
  if (input.album !== undefined && input.album === memo.album && memo.parts === undefined) return;
  if (input.kind === 'payment') {
    if (!(await isPaid(visit))) return next();
  } else if (!events.has(input.kind) && (await saysPaying(visit))) return;
  const { pending } = await locate(visit);
  if (pending === undefined || !wasAsked(visit, pending)) {
    return events.has(input.kind) || input.kind === 'button' ? next() : run.ask();
  }
  if (pending.kind === 'ask') {
    if (await answersByLabel(visit, pending, input)) return;
    const value = await valueIn(pending.step.question, input);
    if (value !== undefined) {
      if (takesAlbum(pending.step.question)) return collect(visit, pending, value, input);
      return accept(visit, pending, value, input, next);
    }
    if (memo.parts !== undefined) {
      // a part of another kind does not end its album
      if (input.album !== undefined && input.album === memo.album) return;
      return finishAlbum(visit, pending);
    }
  }
  return takeOther(visit, pending, input, next);
}

/** Checks a value and goes on with it, or says why not. */
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

/** Goes on without an answer. */
export function skip(visit: Visit, place: Place): void {
  move(visit, withPassed(progressOf(visit.run), place.path));
}

/** Ends an album with the parts that have come. */
export async function finishAlbum(visit: Visit, place: AskPlace): Promise<void> {
  const { parts } = memoOf(visit.run.memo);
  if (parts === undefined) return hint(visit, place);
  // if they are refused, the user begins anew
  note(visit, { parts: undefined });
  return accept(visit, place, parts);
}

/** Changes the answer that a message gave, after the message was edited; `false` if it gave none. */
export async function takeEdited(visit: Visit, input: UserInput): Promise<boolean> {
  const { plan, run } = visit;
  const message = messageId(visit, input);
  const given = memoOf(run.memo).gave?.find(([, id]) => id === message);
  if (given === undefined) return false;
  if (await saysPaying(visit)) return true;
  const [path] = given;
  const rest = without(progressOf(run), path);
  const { pending } = await positionOf(plan.id, plan.steps, rest, run.turn);
  // the question may not apply any more
  if (pending?.kind !== 'ask' || markOf(pending.path) !== markOf(path)) return false;
  const value = await valueIn(pending.step.question, input);
  if (value === undefined) return false;
  const verdict = await checkValue(pending.step.question, value, pending.answers, run.turn);
  if (verdict.kind === 'refused') run.say(await wordsOf(visit, verdict));
  if (verdict.kind !== 'answer') return true;
  const others = changing(reviewed(progressOf(run), path, pending.level), path, pending.level);
  keep(visit, withAnswer(others, path, verdict.value), memoOf(run.memo));
  const after = (await locate(visit)).pending;
  // a summary or an invoice that was shown is of what was said before
  const isOutdated = after?.kind === 'confirm' || memoOf(run.memo).invoice !== undefined;
  if (isOutdated || after === undefined || !wasAsked(visit, after)) run.ask();
  return true;
}

/** A command as the text that was sent, for where commands are answers. */
export function asText(
  { run }: Visit,
  input: Extract<UserInput, { readonly kind: 'command' }>,
): UserInput {
  const { command, argument } = input.value;
  const message = objectIn(input.update, run.turn.subject.updateType ?? '');
  const text = textIn(message, 'text') ?? `/${command} ${argument}`.trim();
  return { ...input, kind: 'text', value: text, text };
}

/** Takes the label of a button of a reply keyboard; `false` if the text is none. */
export async function answersByLabel(
  visit: Visit,
  place: AskPlace,
  input: UserInput,
): Promise<boolean> {
  const { question } = place.step;
  if (question.buttons !== 'reply' || input.kind !== 'text') return false;
  const { labels, picked = [] } = memoOf(visit.run.memo);
  const options =
    labels?.map(([value, label]) => ({ value, label })) ?? (await choicesOf(visit, place)) ?? [];
  const chosen = choiceByLabel(options, input.text.replace(/^✓ /, ''));
  if (question.multiple === true && chosen !== undefined) {
    const rest = picked.filter((value) => value !== chosen);
    note(visit, { picked: rest.length < picked.length ? rest : [...picked, chosen] });
    visit.run.ask();
    return true;
  }
  if (chosen !== undefined) await accept(visit, place, chosen, input);
  else if (question.multiple === true && input.text === (await text(visit, 'done'))) {
    await accept(visit, place, picked, input);
  } else if (question.optional === true && input.text === (await text(visit, 'skip'))) {
    skip(visit, place);
  } else return takeControl(visit, place, input.text);
  return true;
}

async function takeControl(visit: Visit, place: AskPlace, label: string): Promise<boolean> {
  const { back, cancel } = await controlsAt(visit, place);
  if (label === back) await goBack(visit);
  else if (label === cancel) visit.run.leave('cancelled');
  else return false;
  return true;
}

function collect(visit: Visit, _place: AskPlace, value: unknown, input: UserInput): void {
  const { parts = [] } = memoOf(visit.run.memo);
  if (parts.length < mostParts) {
    const album = input.album === undefined ? {} : { album: input.album };
    note(visit, { parts: [...parts, ...(value as readonly unknown[])], ...album });
  }
  visit.run.arm('album', albumPause);
}

async function takeOther(
  visit: Visit,
  place: Place,
  input: UserInput,
  next: () => Promise<void>,
): Promise<void> {
  const { otherInput = 'hint' } = visit.plan.options;
  if (events.has(input.kind) || otherInput === 'pass') return next();
  if (otherInput === 'hint') await hint(visit, place);
}

async function hint(visit: Visit, place: Place): Promise<void> {
  const otherwise = place.kind === 'ask' ? place.step.question.otherwise : undefined;
  const own =
    typeof otherwise === 'function' ? await otherwise(place.answers, visit.run.turn) : otherwise;
  await refuse(visit, place, own ?? (await text(visit, 'wrongKind')));
}

function wordsOf(
  visit: Visit,
  verdict: Extract<Verdict, { readonly kind: 'refused' }>,
): Awaitable<Say> {
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
    run.leave('cancelled');
    return;
  }
  if (limit !== undefined) note(visit, { attempts: count });
  if (run.input?.kind === 'button' && typeof say === 'string') run.answer(say);
  else run.say(say);
}

/** What an answer leaves in the memo: its album, and its message where edits count. */
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
function messageId({ run }: Visit, { update }: UserInput): number | undefined {
  const { updateType } = run.turn.subject;
  return updateType === undefined ? undefined : wholeIn(objectIn(update, updateType), 'message_id');
}

/** What a question looks like when it is asked: its prompt, with the keyboard that belongs to it. */

import { invalidOption } from '../../base/rules.ts';
import { callOf, type ReplyMarkup, type RichText, type Say } from '../../conversation/say.ts';
import { objectIn, textIn, wholeIn } from '../../update/raw-update.ts';
import { takesAlbum, takesText } from './answer.ts';
import { controlsAt } from './controls.ts';
import { type Binding, inlineKeyboard, replyKeyboard } from './keyboard.ts';
import { type FlowMemo, memoOf, type SentInvoice } from './memo.ts';
import { type Option, optionsOf } from './options.ts';
import { bindInvoice } from './payment.ts';
import type { Place } from './pending.ts';
import { text, tokenOf, type Visit } from './visit.ts';

/** A question ready to be said. */
export interface Shown {
  readonly say: Say;
  /** What may be chosen, as this user sees it. */
  readonly options: readonly Option[] | undefined;
  readonly keyboard: 'inline' | 'reply' | undefined;
  readonly invoice: SentInvoice | undefined;
}

/** Evaluates a question's prompt and choices; what they throw passes through. */
export async function show(visit: Visit, place: Place): Promise<Shown> {
  const { turn, memo } = visit.run;
  const prompt =
    place.kind === 'ask'
      ? place.step.question.prompt
      : place.kind === 'again'
        ? place.step.again
        : place.step.prompt;
  const made = typeof prompt === 'function' ? await prompt(place.answers, turn) : prompt;
  const refuse = (what: string, expected: string) => {
    throw invalidOption(`${place.id} ${what}`, expected, 'empty');
  };
  if (made === undefined || made === '') refuse('prompt', 'something to say');
  const { say: said, invoice } = bindInvoice(visit, place, made);
  const options = await choicesOf(visit, place);
  const question = place.kind === 'ask' ? place.step.question : undefined;
  const isOpen = question?.accept || question?.multiple || question?.optional;
  if (options?.length === 0 && !isOpen) refuse('choices', 'at least one');
  const onlyInline = takesInlineOnly(visit);
  const reply = !onlyInline && question?.buttons === 'reply';
  const markup = reply
    ? await replyMarkup(visit, place, options ?? [])
    : await inlineMarkup(visit, place, options ?? [], 0);
  const needed = options !== undefined || (question !== undefined && takesAlbum(question));
  // a keyboard of the prompt's own gives way only to choices
  if (markup !== undefined && (needed || !hasKeyboard(said))) {
    const say = dressed(said, markup, reply ? replyTo(visit) : undefined);
    return { say, options, keyboard: reply ? 'reply' : 'inline', invoice };
  }
  if (hasKeyboard(said)) return { say: said, options, keyboard: undefined, invoice };
  const target = !onlyInline && expectsText(place) ? replyTo(visit) : undefined;
  if (target !== undefined) {
    const force = { force_reply: true, selective: true } as const;
    return { say: dressed(said, force, target), options, keyboard: undefined, invoice };
  }
  const removes = memoOf(memo).reply && visit.plan.options.cleanUp === 'removeKeyboards';
  const say = removes ? dressed(said, { remove_keyboard: true }, undefined) : said;
  return { say, options, keyboard: undefined, invoice };
}

/** What may be chosen at a question now. */
export function choicesOf(visit: Visit, place: Place): Promise<readonly Option[] | undefined> {
  return optionsOf(place, visit.run.turn, (name) => text(visit, name));
}

/** The inline keyboard of a question; `undefined` if it has none. */
export async function inlineMarkup(
  visit: Visit,
  place: Place,
  options: readonly Option[],
  page: number,
): Promise<ReplyMarkup | undefined> {
  const question = place.kind === 'ask' ? place.step.question : undefined;
  const several = question?.multiple === true;
  const finishes = question !== undefined && (several || takesAlbum(question));
  const labels = {
    more: await text(visit, 'more'),
    back: await text(visit, 'back'),
    finish: finishes ? await text(visit, 'done') : undefined,
    skip: question?.optional === true ? await text(visit, 'skip') : undefined,
  };
  // a keyboard would take the place of the forced reply
  const bare = visit.plan.options.controls === undefined || (inGroup(visit) && expectsText(place));
  const controls = bare ? {} : await controlsAt(visit, place);
  const picked = several ? (memoOf(visit.run.memo).picked ?? []) : undefined;
  return inlineKeyboard(
    { options, picked, page, labels, controls },
    bindingOf(visit, tokenOf(place)),
  );
}

/** What binds buttons to a question of this visit. */
export function bindingOf({ run: { tag, visit } }: Visit, question: string): Binding {
  return { tag, visit, question };
}

async function replyMarkup(
  visit: Visit,
  place: Place,
  options: readonly Option[],
): Promise<ReplyMarkup> {
  const question = place.kind === 'ask' ? place.step.question : undefined;
  const { picked = [] } = memoOf(visit.run.memo);
  const labels = options.map(({ value, label }) => (picked.includes(value) ? `✓ ${label}` : label));
  if (question?.multiple === true) labels.push(await text(visit, 'done'));
  if (question?.optional === true) labels.push(await text(visit, 'skip'));
  const { back, cancel } = await controlsAt(visit, place);
  for (const label of [back, cancel]) if (label !== undefined) labels.push(label);
  return replyKeyboard(labels, inGroup(visit));
}

function expectsText(place: Place): boolean {
  return place.kind === 'ask' && place.step.question.choices === undefined
    ? takesText(place.step.question) || typeof place.step.question.accept === 'object'
    : false;
}

/** In groups a bot may see only replies to it, and keyboards are shown to all unless they are selective. */
function inGroup({ run }: Visit): boolean {
  return (run.turn.subject.chat ?? 0) < 0;
}

/** In channels, and for a business account, there are no keyboards but inline ones, nor forced replies (Bot API, ReplyKeyboardMarkup). */
function takesInlineOnly({ run: { turn } }: Visit): boolean {
  const { update, subject, place } = turn;
  if (place?.business !== undefined) return true;
  const payload = update && objectIn(update, subject.updateType ?? '');
  const chat = objectIn(objectIn(payload, 'message') ?? payload, 'chat');
  return textIn(chat, 'type') === 'channel';
}

/**
 * The last message of this user in this group: that of the update, or of one before. A selective keyboard is for the author of the message
 * to which it replies; without one, a bot in privacy mode could not read the answer.
 */
export function heardOf(visit: Visit): FlowMemo['heard'] {
  const { update, subject } = visit.run.turn;
  const { chat, thread, user, updateType } = subject;
  if (!inGroup(visit)) return undefined;
  const whose = [chat, thread, user].join();
  const message = update && updateType && wholeIn(objectIn(update, updateType), 'message_id');
  if (typeof message === 'number') return [whose, message];
  const { heard } = memoOf(visit.run.memo);
  return heard?.[0] === whose ? heard : undefined;
}

/** Parameters that make a message a reply to the user's. */
function replyTo(visit: Visit): object | undefined {
  const message_id = heardOf(visit)?.[1];
  if (message_id === undefined) return undefined;
  return { reply_parameters: { message_id, allow_sending_without_reply: true } };
}

function hasKeyboard(say: Say): boolean {
  if (typeof say === 'string') return false;
  return 'method' in say ? 'reply_markup' in say.payload : say.keyboard !== undefined;
}

function dressed(say: Say, keyboard: ReplyMarkup, options: object | undefined): Say {
  if (typeof say === 'string')
    return { text: say, keyboard, ...(options && { options }) } as RichText;
  if ('text' in say) {
    return { ...say, keyboard, ...(options && { options: { ...options, ...say.options } }) };
  }
  const { method, payload } = callOf(say, undefined);
  return { method, payload: { ...options, ...payload, reply_markup: keyboard } };
}

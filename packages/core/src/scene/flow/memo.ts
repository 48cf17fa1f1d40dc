/** The memo of a flow: its own values beside the answers. Everything in it is bounded; an invalid answer adds nothing. */

import { frozenJson, isBlank, isJsonObject, type JsonObject, put } from '../../base/json.ts';
import { chatOfSent, type Sent } from '../../conversation/outgoing.ts';
import { lastSent, sentBefore } from '../../conversation/sent-together.ts';
import { textIn } from '../../update/raw-update.ts';
import { type Path, pathKey } from './progress.ts';

/** The stored data of one frame of a flow. Missing members take no space in the record. */
export interface FlowMemo {
  /** Fingerprint of the definition under which the answers were given. */
  readonly plan?: string;
  readonly passed?: readonly string[];
  readonly open?: readonly string[];
  /** Answers from the trigger's argument that have not been checked yet. */
  readonly given?: JsonObject;
  /** Mark of the question that was asked, where its state does not show it. */
  readonly at?: string;
  /** Invalid answers to it, where they are limited. */
  readonly attempts?: number;
  /** Choices that are picked. */
  readonly picked?: readonly string[];
  /** Parts of an album or a burst that have come, and the numbers of their messages. */
  readonly parts?: readonly unknown[];
  readonly numbers?: readonly number[];
  /** Value and label of each choice on the reply keyboard, where they are made for the user. */
  readonly labels?: readonly (readonly [value: string, label: string])[];
  /** The album of the last part that was taken. */
  readonly album?: string;
  /** The last prompt's message. */
  readonly sent?: number;
  /** The chat of that message. */
  readonly sentTo?: number;
  /** The messages that were sent with it, before it. */
  readonly sentBefore?: readonly number[];
  /** The invoice that asks the question. */
  readonly invoice?: SentInvoice;
  /** The polls that ask the question, as it was asked several times. */
  readonly polls?: readonly string[];
  /** The page that is shown of choices that are loaded page by page. */
  readonly page?: number;
  /** Pages of lists and months of calendars among the question's own rows. */
  readonly widgets?: JsonObject;
  /** A message has asked something else since the question: which answer of the summary to correct, or whether to start again. */
  readonly aside?: 'edit' | 'restart';
  /** After a correction, the key of the path behind which answers may be outdated; an empty text is the beginning. */
  readonly compared?: string;
  /** Which message gave which answer, where edits change them. */
  readonly gave?: readonly (readonly [path: Path, message: number])[];
  /** In groups, the last message of the user to reply to, behind whose and where it is. */
  readonly heard?: readonly [whose: string, message: number];
  /** Where the question to somebody else was sent, and who may answer it. */
  readonly elsewhere?: {
    readonly chat: number;
    readonly message?: number | undefined;
    readonly by?: readonly number[];
  };
  /** The argument of the trigger that came last, while the user is asked whether to start again. */
  readonly again?: string | undefined;
  /** The ending that has begun. */
  readonly over?: 'done' | 'attempts';
}

/** The sent invoice. A checkout and a payment count only if they are equal to it. */
export interface SentInvoice {
  /** The whole payload, with its mark. */
  readonly payload: string;
  readonly currency: string;
  /** In the smallest units of the currency. */
  readonly amount: number;
  /** The most that a tip may add; `true` where shipping adds what the bot has offered. */
  readonly extra?: number | true;
  /** The user who pays; absent if the question was asked of nobody in particular. */
  readonly payer?: number;
  /** Until when an approved checkout keeps the question open to nothing but its payment, by the machine's clock. */
  readonly approvedUntil?: number;
}

/** Reads what a frame keeps. A member that another program has stored in another shape is as good as missing. */
export function memoOf(memo: JsonObject): FlowMemo {
  const odd = Object.keys(memo).filter((name) => isOdd(name, memo[name]));
  if (odd.length === 0) return memo;
  const known = Object.entries(memo).filter(([name]) => !odd.includes(name));
  return Object.fromEntries(known) as FlowMemo;
}

function isOdd(name: string, value: unknown): boolean {
  return Object.hasOwn(shapes, name) && !shapes[name as keyof FlowMemo](value);
}

type Shape = (value: unknown) => boolean;

const isText: Shape = (value) => typeof value === 'string';
const isNumber: Shape = (value) => typeof value === 'number';
/* @__NO_SIDE_EFFECTS__ */
const listOf =
  (fits: Shape): Shape =>
  (value) =>
    Array.isArray(value) && value.every(fits);
/* @__NO_SIDE_EFFECTS__ */
const pairOf =
  (first: Shape, second: Shape): Shape =>
  (value) =>
    Array.isArray(value) && first(value[0]) && second(value[1]);

/** The shape of each member. */
const shapes: { readonly [Name in keyof Required<FlowMemo>]: Shape } = {
  plan: isText,
  passed: listOf(isText),
  open: listOf(isText),
  given: isJsonObject,
  at: isText,
  attempts: isNumber,
  picked: listOf(isText),
  parts: listOf(() => true),
  numbers: listOf(isNumber),
  labels: listOf(pairOf(isText, isText)),
  album: isText,
  sent: isNumber,
  sentTo: isNumber,
  sentBefore: listOf(isNumber),
  invoice: (value) =>
    isJsonObject(value) &&
    isText(value['payload']) &&
    isText(value['currency']) &&
    isNumber(value['amount']),
  polls: listOf(isText),
  page: isNumber,
  widgets: isJsonObject,
  aside: isText,
  compared: isText,
  gave: listOf(
    pairOf(
      listOf((step) => isText(step) || isNumber(step)),
      isNumber,
    ),
  ),
  heard: pairOf(isText, isNumber),
  elsewhere: (value) => isJsonObject(value) && isNumber(value['chat']),
  again: isText,
  over: (value) => value === 'done' || value === 'attempts',
};

/**
 * The change of a memo after a correction: answers behind the corrected one may be outdated. While those of another correction have not been
 * compared, all answers may be.
 */
export function corrected({ memo }: { readonly memo: FlowMemo }, path: Path): MemoChange {
  return { compared: memo.compared === undefined ? pathKey(path) : '' };
}

/** Changes of a memo; `undefined` removes a member. */
export type MemoChange = { readonly [Name in keyof FlowMemo]?: FlowMemo[Name] | undefined };

/** Members that belong to one question. */
const ofQuestion: ReadonlySet<string> = new Set<keyof FlowMemo>([
  'at',
  'attempts',
  'picked',
  'page',
  'widgets',
  'aside',
  'parts',
  'numbers',
  'labels',
  'sent',
  'sentTo',
  'sentBefore',
  'invoice',
  'polls',
  'elsewhere',
]);

/** A memo without the members that belong to one question. */
export function withoutQuestion(memo: JsonObject): JsonObject {
  const left: Record<string, unknown> = {};
  for (const name of Object.keys(memo)) if (!ofQuestion.has(name)) put(left, name, memo[name]);
  return left;
}

/** A memo with changes, deeply frozen. Empty members take no space in it. */
export function changedMemo(memo: JsonObject, change: MemoChange): JsonObject {
  // made anew, since a copy that loses a member is slow from then on
  const changed: Record<string, unknown> = {};
  for (const name of Object.keys(memo))
    if (!Object.hasOwn(change, name)) put(changed, name, memo[name]);
  for (const name of Object.keys(change)) {
    const value = change[name as keyof FlowMemo];
    if (value === undefined || (typeof value === 'object' && isBlank(value))) continue;
    changed[name] = value === memo[name] ? value : frozenJson(value, 'memo');
  }
  return Object.freeze(changed);
}

/** How many polls of one question are kept: it sends another one whenever it is asked again. */
const mostPolls = 8;

/** Keeps the message's id where the question has asked for it, and the poll's id where it is a poll. */
export function asked(memo: JsonObject, sent: Sent & { readonly poll?: unknown }): object {
  const { sent: wanted, elsewhere, polls = [] } = memoOf(memo);
  if (elsewhere !== undefined) {
    return { ...memo, elsewhere: { ...elsewhere, message: sent.message_id } };
  }
  const noted = wanted === 0 ? { ...memo, ...addressOfSent(lastSent(sent)) } : memo;
  const poll = textIn(Object(sent.poll), 'id');
  return poll === undefined ? noted : { ...noted, polls: [...polls, poll].slice(-mostPolls) };
}

function addressOfSent(sent: Sent): MemoChange {
  const { message_id } = sent;
  return { sent: message_id, sentTo: chatOfSent(sent), sentBefore: sentBefore(sent) };
}

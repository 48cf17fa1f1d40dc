/** The texts that telefsm itself sends to users, and their replacement. */

import type { Awaitable } from '../base/type-tools.ts';
import type { AskTurn } from './turn.ts';

/** A text, or a function that makes it for the user who reads it. */
export type Text<Services extends object = {}> =
  | string
  | ((turn: AskTurn<Services>) => Awaitable<string>);

/** The texts that telefsm itself sends. Replace them for the whole machine or for one flow. */
export interface Texts<Services extends object = {}> {
  /** Input of a kind that the question does not accept. */
  readonly wrongKind?: Text<Services>;
  /** The answer is not an e-mail address. */
  readonly notEmail?: Text<Services>;
  /** The answer is not a phone number. */
  readonly notPhone?: Text<Services>;
  /** The answer is not a link. */
  readonly notUrl?: Text<Services>;
  /** The answer is not a date, or an ambiguous one. */
  readonly notDate?: Text<Services>;
  /** No number, or one that is read differently from country to country, such as `1,234`. */
  readonly notNumber?: Text<Services>;
  /** The answer is invalid, or cannot be stored. */
  readonly invalid?: Text<Services>;
  /** The answer, or all answers together, are too large to store. */
  readonly tooLong?: Text<Services>;
  /** The flow was canceled, and it has no `canceled` hook. */
  readonly canceled?: Text<Services>;
  /** The flow timed out, and it has no `timedOut` hook. */
  readonly timedOut?: Text<Services>;
  /** A button of a question that is no longer asked. */
  readonly stale?: Text<Services>;
  /** A button that was shown to another user. */
  readonly notYours?: Text<Services>;
  /** Payment of an invoice that is no longer open: it was canceled, or a newer one has replaced it. */
  readonly oldInvoice?: Text<Services>;
  /** Payment of an invoice that was sent to another user. */
  readonly notYourInvoice?: Text<Services>;
  /** `/back` at the first question. */
  readonly firstStep?: Text<Services>;
  /** `/back` where the question does not allow it. */
  readonly noBack?: Text<Services>;
  /** `/skip` where the question has to be answered. */
  readonly noSkip?: Text<Services>;
  /** More invalid answers than the question allows; the flow ends. */
  readonly tooManyAttempts?: Text<Services>;
  /** The bot's code threw; the update was rolled back. */
  readonly failed?: Text<Services>;
  /** The flow's own trigger while it runs, with `onTrigger: 'reject'`. */
  readonly running?: Text<Services>;
  /** The flow's own trigger while it runs, and it asks whether to start again. */
  readonly restart?: Text<Services>;
  /** Another command while the flow blocks them. */
  readonly blocked?: Text<Services>;
  /** The stored state is unknown and was deleted; empty for silence. */
  readonly reset?: Text<Services>;
  /** The conversation is busy with another update. */
  readonly busy?: Text<Services>;
  /** Another person has to answer. Sent when they are asked, and for each message of the user meanwhile. */
  readonly askedElsewhere?: Text<Services>;
  /** A checkout was approved, and its payment has not come yet. */
  readonly paying?: Text<Services>;
  /** Button: skip the question. */
  readonly skip?: Text<Services>;
  /** Button: the page before, or the question before. */
  readonly back?: Text<Services>;
  /** Button: the next page. */
  readonly more?: Text<Services>;
  /** Button: end a selection of several, or an album. */
  readonly done?: Text<Services>;
  /** Button: confirm, one more round, start again. */
  readonly yes?: Text<Services>;
  /** Button: no further round, do not start again. */
  readonly no?: Text<Services>;
  /** Button: reject a summary, which cancels the flow. */
  readonly cancel?: Text<Services>;
  /** Button: pick an answer of a summary to correct. */
  readonly edit?: Text<Services>;
  /** The question that goes with the answers to pick from. */
  readonly pickEdit?: Text<Services>;
  /** Button: keep the answers of a summary. Default `Keep as it is`. */
  readonly keep?: Text<Services>;
}

/** The name of a text. */
export type TextName = keyof Texts;

/** The default texts, in English. */
export const defaultTexts: { readonly [Name in TextName]: string } = /* @__PURE__ */ Object.freeze({
  wrongKind: 'Please answer the question above.',
  notEmail: 'Please send an e-mail address.',
  notPhone: 'Please send a phone number, such as +44 20 7946 0000.',
  notUrl: 'Please send a link.',
  notDate: 'Please send a date, such as 2026-11-28.',
  notNumber: 'Please send a number, such as 12 or 12.5.',
  invalid: 'That is not a valid answer. Please try again.',
  tooLong: 'That is too long. Please send something shorter.',
  canceled: 'Canceled.',
  timedOut: 'Time is up. Please start again.',
  stale: 'This button is no longer in use.',
  notYours: 'This button is for someone else.',
  oldInvoice: 'This invoice is no longer valid. You were not charged.',
  notYourInvoice: 'This invoice is for someone else.',
  firstStep: 'This is already the first question.',
  noBack: 'You cannot go back here.',
  noSkip: 'This question cannot be skipped.',
  tooManyAttempts: 'Too many attempts. Please start again.',
  failed: 'Something went wrong. Please try again.',
  running: 'Please finish this first.',
  restart: 'Start again?',
  blocked: 'Please finish this first.',
  reset: 'I was updated and lost our place. Please start again.',
  busy: 'One moment, please.',
  askedElsewhere: 'I have asked. Please wait for the answer.',
  paying: 'Your payment is being processed. One moment, please.',
  skip: 'Skip',
  back: '« Back',
  more: 'More »',
  done: 'Done',
  yes: 'Yes',
  no: 'No',
  cancel: 'Cancel',
  edit: 'Edit',
  pickEdit: 'What would you like to change?',
  keep: 'Keep as it is',
});

/** Returns a text: the replacement, or the default. */
export function resolveText(
  texts: Texts | undefined,
  name: TextName,
  turn: AskTurn,
): Awaitable<string> {
  const text = texts?.[name] ?? defaultTexts[name];
  return typeof text === 'function' ? text(turn) : text;
}

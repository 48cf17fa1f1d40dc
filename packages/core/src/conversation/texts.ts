/** What telefsm itself says to users, and where to replace it. */

import type { Awaitable } from '../base/type-tools.ts';
import type { AskTurn } from './turn.ts';

/** A text, or how it is made for the user who will read it. */
export type Text<Services extends object = {}> =
  | string
  | ((turn: AskTurn<Services>) => Awaitable<string>);

/** Texts that telefsm itself says; replace them in one place, for the machine or per flow. */
export interface Texts<Services extends object = {}> {
  /** Input of another kind than the question takes. */
  readonly wrongKind?: Text<Services>;
  /** No e-mail address where the question takes one. */
  readonly notEmail?: Text<Services>;
  /** No phone number where the question takes one. */
  readonly notPhone?: Text<Services>;
  /** No link where the question takes one. */
  readonly notUrl?: Text<Services>;
  /** No date, or an ambiguous one, as an answer to a question for a date. */
  readonly notDate?: Text<Services>;
  /** No number, or one that is read differently from country to country, such as `1,234`. */
  readonly notNumber?: Text<Services>;
  /** An answer that `validate` gave no usable value for, or that cannot be stored. */
  readonly invalid?: Text<Services>;
  /** An answer, or all of them together, that is more than can be stored. */
  readonly tooLong?: Text<Services>;
  /** The flow was canceled, and it has no `canceled` hook. */
  readonly canceled?: Text<Services>;
  /** The flow's time is over, and its `timedOut` hook is missing. */
  readonly timedOut?: Text<Services>;
  /** A button of a question that is no longer asked. */
  readonly stale?: Text<Services>;
  /** A button that was shown to another user. */
  readonly notYours?: Text<Services>;
  /** Back at the first question. */
  readonly firstStep?: Text<Services>;
  /** Back where the question does not allow it. */
  readonly noBack?: Text<Services>;
  /** Skip where the question has to be answered. */
  readonly noSkip?: Text<Services>;
  /** More invalid answers than the question allows; the flow ends. */
  readonly tooManyAttempts?: Text<Services>;
  /** Something threw; nothing of the update was kept. */
  readonly failed?: Text<Services>;
  /** The flow's own trigger while it runs, with `onTrigger: 'refuse'`. */
  readonly running?: Text<Services>;
  /** The flow's own trigger while it runs, and it asks whether to start again. */
  readonly restart?: Text<Services>;
  /** Another command while the flow blocks them. */
  readonly blocked?: Text<Services>;
  /** What was stored is not known any more and was forgotten; empty for silence. */
  readonly forgotten?: Text<Services>;
  /** The conversation is busy with another update. */
  readonly busy?: Text<Services>;
  /** Somebody else is to answer; said when they are asked, and to whatever the user sends meanwhile. */
  readonly askedElsewhere?: Text<Services>;
  /** A checkout was approved, and its payment has not come yet. */
  readonly paying?: Text<Services>;
  /** Button: leave the question out. */
  readonly skip?: Text<Services>;
  /** Button: the page before. */
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
  /** Button: leave the answers of a summary as they are. Default `Keep as it is`. */
  readonly keep?: Text<Services>;
}

/** The name of a text. */
export type TextName = keyof Texts;

/** What is said where nothing was replaced. */
export const defaultTexts: { readonly [Name in TextName]: string } = Object.freeze({
  wrongKind: 'Please answer the question above.',
  notEmail: 'Please send an e-mail address.',
  notPhone: 'Please send a phone number, such as +44 20 7946 0000.',
  notUrl: 'Please send a link.',
  notDate: 'Please send a date, such as 2026-11-28.',
  notNumber: 'Please send a number, such as 12 or 12.5.',
  invalid: 'That is not a valid answer. Please try again.',
  tooLong: 'That is too long. Please send less.',
  canceled: 'Canceled.',
  timedOut: 'Time is up. Please start again.',
  stale: 'This button is no longer in use.',
  notYours: 'This button is for someone else.',
  firstStep: 'This is already the first question.',
  noBack: 'You cannot go back here.',
  noSkip: 'This question cannot be skipped.',
  tooManyAttempts: 'Too many attempts. Please start again.',
  failed: 'Something went wrong. Please try again.',
  running: 'Please finish this first.',
  restart: 'Start again?',
  blocked: 'Please finish this first.',
  forgotten: 'I was updated and lost our place. Please start again.',
  busy: 'One moment, please.',
  askedElsewhere: 'I have asked. Please wait for the answer.',
  paying: 'Your payment is on its way. One moment, please.',
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

/** Finds what to say: the replacement, or the default. */
export function textOf(texts: Texts | undefined, name: TextName, turn: AskTurn): Awaitable<string> {
  const text = texts?.[name] ?? defaultTexts[name];
  return typeof text === 'function' ? text(turn) : text;
}

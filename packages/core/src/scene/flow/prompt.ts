/** The message of a question: its prompt, with its keyboard. */

import { andThen } from '../../base/awaitable.ts';
import { invalidOption } from '../../base/rules.ts';
import type { Awaitable } from '../../base/type-tools.ts';
import {
  callOf,
  checkMessage,
  isSent,
  type OutgoingMessage,
  type ReplyMarkup,
  type RichText,
} from '../../conversation/outgoing.ts';
import {
  type FormattedStream,
  isStream,
  type Stream,
  withOptions,
} from '../../conversation/stream.ts';
import { kindsIn } from '../../update/accepted-kinds.ts';
import { objectIn, wholeIn } from '../../update/raw-update.ts';
import {
  type ActiveFlow,
  inGroup,
  isInvoice,
  mayHaveButtons,
  questionOf,
  supportsInlineOnly,
} from './active-flow.ts';
import { expectsText } from './answer.ts';
import { checkPoll } from './check-poll.ts';
import type { FlowMemo, SentInvoice } from './memo.ts';
import type { BoundPrompt } from './payment.ts';
import type { PendingQuestion } from './pending-question.ts';
import type { QuestionKeyboard } from './question-keyboard.ts';
import type { AnyPrompt } from './steps.ts';

/** A question ready to be said. */
export interface Shown extends Partial<Pick<QuestionKeyboard, 'kind' | 'isRedrawn' | 'labels'>> {
  readonly say: OutgoingMessage | FormattedStream;
  readonly invoice: SentInvoice | undefined;
}

/** Evaluates a question's prompt and choices; what they throw passes through. */
export function show(active: ActiveFlow, asked: PendingQuestion): Awaitable<Shown> {
  const prompt = promptOf(asked);
  const made = typeof prompt === 'function' ? prompt(asked.answers, active.run.turn) : prompt;
  const checked = andThen(made, (message) => checkedPrompt(active, asked, message));
  return andThen(checked, (plain) =>
    mayHaveButtons(active, asked)
      ? withButtons(active, asked, plain)
      : withReplyTo(active, asked, plain),
  );
}

async function withButtons(
  active: ActiveFlow,
  asked: PendingQuestion,
  plain: PlainPrompt,
): Promise<Shown> {
  const { say } = plain;
  const { keyboardOf } = await import('./question-keyboard.ts');
  const keyboard = await keyboardOf(active, asked);
  // a keyboard of the prompt's own gives way only to choices
  if (keyboard === undefined || !(keyboard.isNeeded || !hasKeyboard(say))) {
    return withReplyTo(active, asked, plain);
  }
  const { markup, ...shown } = keyboard;
  const target = shown.kind === 'reply' ? replyTo(active) : undefined;
  return { ...plain, ...shown, say: dressed(say, markup, target) };
}

/** A question without buttons; in a group it replies to the user who is to answer. */
function withReplyTo(active: ActiveFlow, asked: PendingQuestion, plain: PlainPrompt): Shown {
  if (!inGroup(active) || supportsInlineOnly(active)) return plain;
  const { say } = plain;
  const target = hasKeyboard(say) || !expectsText(asked) ? undefined : replyTo(active);
  if (target === undefined) return plain;
  return { ...plain, say: dressed(say, { force_reply: true, selective: true }, target) };
}

type PlainPrompt = Pick<Shown, 'say' | 'invoice'>;

/** The message that a prompt has made, without a keyboard of the flow's, and the invoice that it is. */
function checkedPrompt(
  active: ActiveFlow,
  asked: PendingQuestion,
  made: OutgoingMessage | Stream,
): Awaitable<PlainPrompt> {
  const option = `${asked.id} prompt`;
  if (isSent(made)) {
    const expected = 'a message, which telefsm sends';
    throw invalidOption(option, expected, 'a message that reply() has sent');
  }
  if (made == null || made === '') {
    throw invalidOption(option, 'a message', made === '' ? "''" : 'nothing');
  }
  checkMessage(made, option);
  const accept = questionOf(asked)?.accept;
  const plain = isStream(made)
    ? { say: withOptions(made), invoice: undefined }
    : accept === 'payment' || isInvoice(made)
      ? boundInvoice(active, asked, made)
      : { say: made, invoice: undefined };
  return kindsIn(accept).includes('poll_answer') ? asPoll(asked, plain) : plain;
}

async function asPoll(asked: PendingQuestion, plain: Awaitable<PlainPrompt>): Promise<PlainPrompt> {
  const { say, invoice } = await plain;
  checkPoll(asked.id, questionOf(asked)?.accept, say);
  return { say, invoice };
}

function promptOf(asked: PendingQuestion): AnyPrompt {
  switch (asked.kind) {
    case 'ask':
      return asked.step.question.prompt;
    case 'again':
      return asked.step.again;
    case 'confirm':
      return asked.step.prompt;
  }
}

async function boundInvoice(
  active: ActiveFlow,
  asked: PendingQuestion,
  say: OutgoingMessage,
): Promise<BoundPrompt> {
  const { bindInvoice } = await import('./payment.ts');
  return bindInvoice(active, asked, say);
}

/**
 * The last message of this user in this group: that of the update, or of one before. A selective keyboard is for the author of the message
 * to which it replies; without one, a bot in privacy mode could not read the answer.
 */
export function lastMessageOf(active: ActiveFlow): FlowMemo['heard'] {
  const { update, subject } = active.run.turn;
  const { chat, thread, user, updateType } = subject;
  if (!inGroup(active)) return undefined;
  const whose = [chat, thread, user].join();
  const message = update && updateType && wholeIn(objectIn(update, updateType), 'message_id');
  if (typeof message === 'number') return [whose, message];
  const { heard } = active.memo;
  return heard?.[0] === whose ? heard : undefined;
}

/** Parameters that make a message a reply to the user's. */
function replyTo(active: ActiveFlow): object | undefined {
  const message_id = lastMessageOf(active)?.[1];
  if (message_id === undefined) return undefined;
  return { reply_parameters: { message_id, allow_sending_without_reply: true } };
}

function hasKeyboard(say: OutgoingMessage | FormattedStream): boolean {
  if (typeof say === 'string') return false;
  return 'method' in say ? 'reply_markup' in say.payload : say.keyboard != null;
}

function dressed(
  say: OutgoingMessage | FormattedStream,
  keyboard: ReplyMarkup,
  options: object | undefined,
): OutgoingMessage | FormattedStream {
  if (isStream(say)) return { ...say, keyboard };
  if (typeof say === 'string')
    return { text: say, keyboard, ...(options && { options }) } as RichText;
  if ('text' in say) {
    return { ...say, keyboard, ...(options && { options: { ...options, ...say.options } }) };
  }
  const { method, payload } = callOf(say, undefined);
  return { method, payload: { ...options, ...payload, reply_markup: keyboard } };
}

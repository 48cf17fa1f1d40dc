/** The message of a question: its prompt, with its keyboard. */

import { invalidOption } from '../../base/rules.ts';
import {
  callOf,
  checkMessage,
  isSent,
  type OutgoingMessage,
  type ReplyMarkup,
  type RichText,
} from '../../conversation/outgoing.ts';
import { type FormattedStream, isStream, withOptions } from '../../conversation/stream.ts';
import { objectIn, wholeIn } from '../../update/raw-update.ts';
import { expectsText } from './answer.ts';
import {
  type FlowRun,
  inGroup,
  isInvoice,
  mayHaveButtons,
  supportsInlineOnly,
} from './flow-run.ts';
import { type FlowMemo, memoOf, type SentInvoice } from './memo.ts';
import type { PendingQuestion } from './pending-question.ts';
import { checkPoll } from './question-checks.ts';
import type { QuestionKeyboard } from './question-keyboard.ts';

/** A question ready to be said. */
export interface Shown extends Partial<Pick<QuestionKeyboard, 'kind' | 'isRedrawn' | 'labels'>> {
  readonly say: OutgoingMessage | FormattedStream;
  readonly invoice: SentInvoice | undefined;
}

/** Evaluates a question's prompt and choices; what they throw passes through. */
export async function show(flowRun: FlowRun, asked: PendingQuestion): Promise<Shown> {
  const { turn } = flowRun.run;
  const prompt =
    asked.kind === 'ask'
      ? asked.step.question.prompt
      : asked.kind === 'again'
        ? asked.step.again
        : asked.step.prompt;
  const made = typeof prompt === 'function' ? await prompt(asked.answers, turn) : prompt;
  const rejectPrompt = (expected: string, found = 'empty') => {
    throw invalidOption(`${asked.id} prompt`, expected, found);
  };
  if (isSent(made))
    rejectPrompt('a message, which telefsm sends', 'a message that reply() has sent');
  if (made == null || made === '') rejectPrompt('a message');
  checkMessage(made);
  const { say: message, invoice } = isStream(made)
    ? { say: withOptions(made), invoice: undefined }
    : await boundPrompt(flowRun, asked, made);
  if (asked.kind === 'ask') checkPoll(asked.id, asked.step.question.accept, message);
  if (mayHaveButtons(flowRun, asked)) {
    const { keyboardOf } = await import('./question-keyboard.ts');
    const keyboard = await keyboardOf(flowRun, asked);
    // a keyboard of the prompt's own gives way only to choices
    if (keyboard !== undefined && (keyboard.isNeeded || !hasKeyboard(message))) {
      const { markup, ...shown } = keyboard;
      const target = shown.kind === 'reply' ? replyTo(flowRun) : undefined;
      return { say: dressed(message, markup, target), invoice, ...shown };
    }
  }
  if (hasKeyboard(message)) return { say: message, invoice };
  const mayReply = inGroup(flowRun) && !supportsInlineOnly(flowRun) && expectsText(asked);
  const target = mayReply ? replyTo(flowRun) : undefined;
  if (target === undefined) return { say: message, invoice };
  return { say: dressed(message, { force_reply: true, selective: true }, target), invoice };
}

/** A prompt as it is sent, and the invoice that it is. */
async function boundPrompt(
  flowRun: FlowRun,
  asked: PendingQuestion,
  say: OutgoingMessage,
): Promise<{ readonly say: OutgoingMessage; readonly invoice: SentInvoice | undefined }> {
  const isPayment = asked.kind === 'ask' && asked.step.question.accept === 'payment';
  if (!isPayment && !isInvoice(say)) return { say, invoice: undefined };
  const { bindInvoice } = await import('./payment.ts');
  return bindInvoice(flowRun, asked, say);
}

/**
 * The last message of this user in this group: that of the update, or of one before. A selective keyboard is for the author of the message
 * to which it replies; without one, a bot in privacy mode could not read the answer.
 */
export function lastMessageOf(flowRun: FlowRun): FlowMemo['heard'] {
  const { update, subject } = flowRun.run.turn;
  const { chat, thread, user, updateType } = subject;
  if (!inGroup(flowRun)) return undefined;
  const whose = [chat, thread, user].join();
  const message = update && updateType && wholeIn(objectIn(update, updateType), 'message_id');
  if (typeof message === 'number') return [whose, message];
  const { heard } = memoOf(flowRun.run.memo);
  return heard?.[0] === whose ? heard : undefined;
}

/** Parameters that make a message a reply to the user's. */
function replyTo(flowRun: FlowRun): object | undefined {
  const message_id = lastMessageOf(flowRun)?.[1];
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

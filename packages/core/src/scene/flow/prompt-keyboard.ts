/** The keyboard of a question, and in a group the reply to the user. Loaded with the first such question. */

import {
  callOf,
  type OutgoingMessage,
  type ReplyMarkup,
  type RichText,
} from '../../conversation/outgoing.ts';
import { type FormattedStream, isStream } from '../../conversation/stream.ts';
import { type ActiveFlow, inGroup, lastMessageOf, supportsInlineOnly } from './active-flow.ts';
import { expectsText } from './answer.ts';
import type { PendingQuestion } from './pending-question.ts';
import { keyboardOf } from './question-keyboard.ts';
import type { PlainPrompt, Shown } from './shown.ts';

/** A question with its keyboard. */
export async function withButtons(
  active: ActiveFlow,
  asked: PendingQuestion,
  plain: PlainPrompt,
): Promise<Shown> {
  const { say } = plain;
  const keyboard = await keyboardOf(active, asked);
  // a keyboard of the prompt's own gives way only to choices
  if (keyboard === undefined || !(keyboard.isNeeded || !hasKeyboard(say))) {
    return withReplyTo(active, asked, plain);
  }
  const { markup, ...shown } = keyboard;
  const target = shown.kind === 'reply' ? replyTo(active) : undefined;
  return { ...plain, ...shown, say: withMarkup(say, markup, target) };
}

/** A question without buttons; in a group it replies to the user who is to answer. */
export function withReplyTo(active: ActiveFlow, asked: PendingQuestion, plain: PlainPrompt): Shown {
  if (!inGroup(active) || supportsInlineOnly(active)) return plain;
  const { say } = plain;
  const target = hasKeyboard(say) || !expectsText(asked) ? undefined : replyTo(active);
  if (target === undefined) return plain;
  return { ...plain, say: withMarkup(say, { force_reply: true, selective: true }, target) };
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

function withMarkup(
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

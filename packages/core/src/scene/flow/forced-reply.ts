/** Forced replies in groups: a bot in privacy mode receives no other answers. Loaded with the first question in a group. */

import {
  callOf,
  checkMessage,
  isSent,
  type OutgoingMessage,
  type ReplyMarkup,
  type RichText,
} from '../../conversation/outgoing.ts';
import { type FormattedStream, isStream } from '../../conversation/stream.ts';
import { kindsIn } from '../../update/accepted-kinds.ts';
import type { AcceptedKind } from '../../update/input.ts';
import { idOf, objectIn, textIn } from '../../update/raw-update.ts';
import { payloadOf, writtenIn } from '../../update/subject.ts';
import { type ActiveFlow, inGroup, questionOf } from './active-flow.ts';
import type { FlowMemo } from './memo.ts';
import type { PendingQuestion } from './pending-question.ts';

/** Says something while a question stays open. In a group the user replies to it, as to the question itself. */
export function sayBeside(
  active: ActiveFlow,
  asked: PendingQuestion | undefined,
  say: OutgoingMessage,
): void {
  const { run, plan } = active;
  // a forced reply would take the place of the question's keyboard
  const isFree = asked !== undefined && !isOnReplyKeyboard(active, asked);
  if (!isFree || isSent(say)) run.say(say);
  else {
    checkMessage(say, `${plan.id} message`);
    run.say(withReplyTo(active, asked, say));
  }
}

/** A message without buttons; in a group it replies to the user who is to answer. */
export function withReplyTo(
  active: ActiveFlow,
  asked: PendingQuestion,
  say: OutgoingMessage | FormattedStream,
): OutgoingMessage | FormattedStream {
  if (!inGroup(active) || supportsInlineOnly(active)) return say;
  const target =
    hasKeyboard(say) || !expectsMessage(active, asked, say) ? undefined : replyTo(active);
  if (target === undefined) return say;
  return withMarkup(say, { force_reply: true, selective: true }, target);
}

/** In channels, and for a business account, there are no keyboards but inline ones, nor forced replies (Bot API, ReplyKeyboardMarkup). */
export function supportsInlineOnly(active: ActiveFlow): boolean {
  return active.run.turn.replyAddress?.business !== undefined || inChannel(active);
}

/** The number that is noted in channels, where questions reply to no message: deadlines and presses elsewhere do not show that it is one. */
const ofChannel = 0;

function inChannel({ run: { turn }, memo }: ActiveFlow): boolean {
  const payload = payloadOf(turn.update);
  const chat = objectIn(objectIn(payload, 'message') ?? payload, 'chat');
  if (chat === undefined || idOf(chat) !== turn.replyAddress?.chat) {
    return memo.heard?.[1] === ofChannel;
  }
  return textIn(chat, 'type') === 'channel';
}

/**
 * The last message of this user in this group: that of the update, or of one before. A selective keyboard is for the author of the message
 * to which it replies; without one, a bot in privacy mode could not read the answer.
 */
export function lastMessageOf(active: ActiveFlow): FlowMemo['heard'] {
  if (!inGroup(active)) return undefined;
  const { update, subject, replyAddress } = active.run.turn;
  const { user } = subject;
  // the subject of a deadline has no topic unless the key has it
  const { chat, thread, directMessagesTopic } = replyAddress ?? {};
  const whose = [chat, thread ?? directMessagesTopic, user].join();
  if (inChannel(active)) return [whose, ofChannel];
  const message = writtenIn(update);
  if (message !== undefined) return [whose, message];
  const { heard } = active.memo;
  // a deadline of a conversation that members share has no user: the last one who wrote is asked
  const isHere = user === undefined ? heard?.[0].startsWith(whose) : heard?.[0] === whose;
  return isHere ? heard : undefined;
}

/** Whether a question shows its choices on a reply keyboard. */
export function isOnReplyKeyboard(active: ActiveFlow, question: PendingQuestion): boolean {
  const { buttons, share } = questionOf(question) ?? {};
  const isWanted = buttons === 'reply' || (share !== undefined && !inGroup(active));
  return isWanted && !supportsInlineOnly(active);
}

/** Kinds that come without a written message, and commands: a bot in privacy mode receives all of them. */
const unwritten: ReadonlySet<AcceptedKind> = new Set([
  'button',
  'command',
  'payment',
  'poll_answer',
  'web_app',
  'users_shared',
  'chat_shared',
]);

/**
 * Whether the user is to write a message: a text, a photo, or what else a picker may take. A poll is one, unless the bot asks by a poll and
 * takes its result.
 *
 * @param say - the message that asks, before it is sent
 */
export function expectsMessage(
  { memo }: ActiveFlow,
  pending: PendingQuestion,
  say: OutgoingMessage | FormattedStream | undefined,
): boolean {
  if (pending.kind !== 'ask' || pending.step.question.choices !== undefined) return false;
  const kinds = kindsIn(pending.step.question.accept ?? 'text');
  const asksByPoll = memo.polls !== undefined || /^sendpoll$/i.test(Object(say).method);
  const comes = (kind: AcceptedKind) => (kind === 'poll' ? asksByPoll : unwritten.has(kind));
  return kinds.length === 0 || !kinds.every(comes);
}

/** Parameters that make a message a reply to the user's. */
export function replyTo(active: ActiveFlow): object | undefined {
  const message_id = lastMessageOf(active)?.[1] ?? ofChannel;
  if (message_id === ofChannel) return undefined;
  return { reply_parameters: { message_id, allow_sending_without_reply: true } };
}

/** Whether a message already has a keyboard. */
export function hasKeyboard(say: OutgoingMessage | FormattedStream): boolean {
  if (typeof say === 'string') return false;
  return 'method' in say ? 'reply_markup' in say.payload : say.keyboard != null;
}

/** Puts a keyboard on a message. */
export function withMarkup(
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

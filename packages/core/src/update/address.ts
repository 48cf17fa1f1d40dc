/** Conversations that are named from outside, and their reply addresses. */

import { isJsonObject } from '../base/json.ts';
import { anyText, invalidOption, wholeNumber } from '../base/rules.ts';
import { shown } from '../base/shown.ts';
import { objectIn, type RawObject, type RawUpdate, textIn, wholeIn } from './raw-update.ts';
import {
  directMessagesTopic,
  guestChats,
  invoiceMark,
  partiesOf,
  payloadOf,
  type Subject,
  updateTypeOf,
} from './subject.ts';

/** A conversation named from outside an update. Without `chat`, the user's private chat; `bot` only for a machine with several bots. */
export interface Address {
  readonly user?: number;
  readonly chat?: number;
  readonly thread?: number;
  readonly business?: string;
  readonly bot?: number;
}

/** A reply address: the parameters that the Bot API's sending methods need to reach the chat that an update came from. */
export interface ReplyAddress {
  /** `chat_id`. */
  readonly chat: number;
  /** `message_thread_id`. */
  readonly thread?: number;
  /** `direct_messages_topic_id`, in the direct messages of a channel. */
  readonly directMessagesTopic?: number;
  /** `business_connection_id`. */
  readonly business?: string;
  /** `receiver_user_id`: the update came from an ephemeral message, so only this user may see the answer. */
  readonly receiver?: number;
  /** `guest_query_id`: the bot is no member of that chat, and only `answerGuestQuery` reaches it. */
  readonly guestQuery?: string;
}

const addressRules = {
  chat: wholeNumber,
  user: wholeNumber,
  thread: wholeNumber,
  bot: wholeNumber,
  business: anyText,
};

/**
 * Checks an address as plain JavaScript may give it.
 *
 * @throws FsmError `INVALID_OPTION` for what is no object, an unknown part, an id that is no whole number, a business connection that is
 * no text
 */
export function checkAddress(address: unknown): void {
  if (!isJsonObject(address)) {
    throw invalidOption('address', 'an object such as { user: 7 }', shown(address));
  }
  // here and not by `checkOptions`: an address may come with a request, so it is checked under the condition `production` too
  for (const part of Object.keys(address)) {
    if (Object.hasOwn(addressRules, part)) continue;
    throw invalidOption(`address.${part}`, Object.keys(addressRules).join(', '), 'unknown');
  }
  // also one that is inherited: it would be used too
  for (const [part, rule] of Object.entries(addressRules)) {
    const found = address[part];
    if (found === undefined || rule.fits(found)) continue;
    throw invalidOption(`address.${part}`, rule.expected, shown(found));
  }
}

/**
 * Makes the subject of a conversation that is named from outside an update.
 *
 * @param botId - the bot, unless the address names one
 * @throws FsmError `INVALID_OPTION`, as `checkAddress` does
 */
export function subjectAt(address: Address, botId: number): Subject {
  checkAddress(address);
  const { chat, user, thread, business } = address;
  const alone = chat !== undefined && chat > 0 ? chat : undefined;
  return {
    bot: address.bot ?? botId,
    chat: chat ?? user,
    user: user ?? alone,
    thread,
    business,
    updateType: undefined,
  };
}

/**
 * Returns the reply address of an update.
 *
 * Users outside a chat get private messages. Polls and anonymous voters have no reply address. A press on an inaccessible message does not
 * show its topic, so the conversation continues in its last one.
 */
export function addressOf(update: RawUpdate): ReplyAddress | undefined {
  const updateType = updateTypeOf(update);
  const { chat, user, thread, business } = partiesOf(update, updateType);
  const person = user !== undefined && user > 0 ? user : undefined;
  const chatOrPerson = chat ?? person;
  if (updateType === undefined || chatOrPerson === undefined || isInaccessible(update))
    return undefined;
  const message = messageIn(update, updateType);
  const topic = directMessagesTopic(message) ?? invoiceMark(message)?.directMessagesTopic;
  const address: { -readonly [Part in keyof ReplyAddress]: ReplyAddress[Part] } = {
    chat: chatOrPerson,
  };
  if (topic !== undefined) address.directMessagesTopic = topic;
  else if (thread !== undefined) address.thread = thread;
  const ephemeral = wholeIn(message, 'ephemeral_message_id') !== undefined;
  if (ephemeral && person !== undefined) address.receiver = person;
  const guestQuery = textIn(message, 'guest_query_id');
  if (business !== guestChats) {
    if (business !== undefined) address.business = business;
  } else if (guestQuery !== undefined) address.guestQuery = guestQuery;
  return address;
}

/**
 * Whether an update is a press on a message that the bot cannot access any more (Bot API, InaccessibleMessage).
 *
 * Such a message has a chat, but neither a topic nor a business connection. So the press may belong to another conversation of that chat.
 */
export function isInaccessible(update: RawUpdate | undefined): boolean {
  const query = objectIn(update, 'callback_query');
  return wholeIn(objectIn(query, 'message'), 'date') === 0;
}

/** Reads the object of the acting user as it was sent, with name and language; for a boost, of the booster. */
export function fromOf(update: RawUpdate): RawObject | undefined {
  const payload = payloadOf(update);
  const source = objectIn(objectIn(payload, 'boost') ?? payload, 'source');
  return objectIn(payload, 'from') ?? objectIn(payload, 'user') ?? objectIn(source, 'user');
}

/** Reads the message of an update: its payload, or the one that a button belongs to. */
function messageIn(update: RawUpdate, updateType: string): RawObject | undefined {
  const payload = objectIn(update, updateType);
  return updateType === 'callback_query' ? objectIn(payload, 'message') : payload;
}

/** The subject of an update: one table over every update type of the Bot API. */

import { type InvoiceMark, markOfPayload } from './invoice.ts';
import {
  idIn,
  idOf,
  objectIn,
  type RawObject,
  type RawUpdate,
  textIn,
  whole,
  wholeIn,
} from './raw-update.ts';

/**
 * The value of the business connection in guest messages.
 *
 * The ids of chats in which a bot is a guest may equal those of its own chats (Bot API, Message.guest_query_id). So their
 * conversations are separate, like those of business connections.
 */
export const guestChats = 'guest';

/**
 * The subject of an update: its chat, user and topic.
 *
 * `user` is the user who acts. For messages on behalf of a chat (anonymous administrators, channels as senders, posts that are forwarded
 * automatically into a discussion group) it is that chat's id. It is never the placeholder user of such messages, which all groups share.
 */
export interface Subject {
  readonly bot: number;
  readonly chat?: number | undefined;
  readonly user?: number | undefined;
  /** The topic, in chats that have topics; a thread of replies is none. */
  readonly thread?: number | undefined;
  /** The owner of `chat`: the business connection, or `guestChats`; absent for the bot's own chats. */
  readonly business?: string | undefined;
  /** `message`, `callback_query`, …; absent outside an update. */
  readonly updateType?: string | undefined;
}

/** The parties that a row of the table finds in an update's payload. */
interface Parties {
  readonly chat?: number | undefined;
  user?: number | undefined;
  thread?: number | undefined;
  readonly business?: string | undefined;
}

/** Every update type of Bot API 10.3; a type that is newer is read as an event. */
const table: ReadonlyMap<string, (payload: RawObject) => Parties> = /* @__PURE__ */ new Map(
  /* @__PURE__ */ Object.entries({
    message: inMessage,
    edited_message: inMessage,
    channel_post: inMessage,
    edited_channel_post: inMessage,
    business_connection: inRequest,
    business_message: inMessage,
    edited_business_message: inMessage,
    deleted_business_messages: inEvent,
    guest_message: inGuestMessage,
    stopped_message_generation: inThread,
    message_reaction: inEvent,
    message_reaction_count: inEvent,
    inline_query: inEvent,
    chosen_inline_result: inEvent,
    callback_query: inButton,
    shipping_query: inInvoice,
    pre_checkout_query: inInvoice,
    purchased_paid_media: inEvent,
    poll: inEvent,
    poll_answer: inEvent,
    my_chat_member: inEvent,
    chat_member: inEvent,
    chat_join_request: inRequest,
    chat_boost: inEvent,
    removed_chat_boost: inEvent,
    managed_bot: inEvent,
    subscription: inEvent,
  }),
);

/** Every update type that telefsm supports by name. */
export const updateTypes: readonly string[] = /* @__PURE__ */ Array.from(
  /* @__PURE__ */ table.keys(),
);

/**
 * Names an update's type: the field that holds its payload.
 *
 * @returns `undefined` for an update without a payload
 */
export function updateTypeOf(update: RawUpdate): string | undefined {
  let unknown: string | undefined;
  for (const field in update) {
    const value = update[field];
    if (typeof value !== 'object' || value === null) continue;
    if (table.has(field)) return field;
    unknown ??= field;
  }
  return unknown;
}

/** The payload of an update: a message, a query or an event. */
export function payloadOf(update: RawUpdate | undefined): RawObject | undefined {
  return objectIn(update, (update && updateTypeOf(update)) ?? '');
}

/** The number of the message that the user has written. A reaction names a message, too, which may be of somebody else. */
export function writtenIn(update: RawUpdate | undefined): number | undefined {
  const updateType = (update && updateTypeOf(update)) ?? '';
  return /(?:message|post)$/.test(updateType)
    ? wholeIn(objectIn(update, updateType), 'message_id')
    : undefined;
}

/** Finds who takes part; a type that the table does not have is read as an event. */
export function partiesOf(update: RawUpdate, updateType: string | undefined): Readonly<Parties> {
  if (updateType === undefined) return {};
  return (table.get(updateType) ?? inEvent)(update[updateType] as RawObject);
}

/**
 * Returns whose update this is, the same for every framework.
 *
 * A user without a chat (inline queries, poll answers, checkouts, buttons of inline messages) is in the private chat with the bot. A
 * private chat without a user (deleted business messages) is its user's. The checkout of an invoice that a flow has sent is where the
 * flow is. Updates about members belong to who acted, not to the member.
 * A request to join and a business connection belong to the private chat with the user, where the bot can answer. A button whose message is
 * no longer accessible has its chat but no topic.
 *
 * @param botId - see {@link botIdOf}
 */
export function subjectOf(update: RawUpdate, botId: number): Subject {
  const updateType = updateTypeOf(update);
  const { chat, user, thread, business } = partiesOf(update, updateType);
  return { bot: botId, chat: chat ?? user, user, thread, business, updateType };
}

/** Checkouts name no chat; {@link subjectOf} guesses it from the payload of the invoice. */
const checkouts: ReadonlySet<string | undefined> = new Set([
  'shipping_query',
  'pre_checkout_query',
]);

/** The group that a user asks to join; `undefined` for every other update. */
export function joinedGroup(update: RawUpdate): number | undefined {
  return idOf(objectIn(update, 'chat_join_request')?.['chat']);
}

/**
 * Whether an update comes from a chat. Inline queries, votes, checkouts and buttons of inline messages come from a user alone. A request
 * to join comes from the group.
 */
export function isFromChat(update: RawUpdate, chat: number): boolean {
  if (update['message'] !== undefined) return true;
  const updateType = updateTypeOf(update);
  if (updateType === 'chat_join_request') return joinedGroup(update) === chat;
  return !checkouts.has(updateType) && partiesOf(update, updateType).chat !== undefined;
}

/** Telegram's placeholder for every anonymous administrator of every group. */
const groupAnonymousBot = 1087968824;

function inMessage(message: RawObject): Parties {
  const parties = inEvent(message);
  const { chat } = parties;
  const { is_topic_message, message_thread_id, sender_chat, direct_messages_topic } = message;
  if (sender_chat !== undefined) {
    const behalf = idOf(sender_chat);
    // A channel is the author of its own posts: no user in particular.
    const faceless = behalf === chat && textIn(objectIn(message, 'chat'), 'type') === 'channel';
    parties.user = faceless ? undefined : (behalf ?? parties.user);
  }
  if (is_topic_message === true) parties.thread = whole(message_thread_id);
  if (direct_messages_topic !== undefined) parties.thread ??= directMessagesTopic(message);
  return parties;
}

function inGuestMessage(message: RawObject): Parties {
  return { ...inMessage(message), business: guestChats };
}

function inButton(query: RawObject): Parties {
  const message = objectIn(query, 'message');
  return { ...(message && inMessage(message)), user: idIn(query, 'from') };
}

function inThread(event: RawObject): Parties {
  return { ...inEvent(event), thread: wholeIn(event, 'message_thread_id') };
}

function inRequest(request: RawObject): Parties {
  return {
    chat: wholeIn(request, 'user_chat_id'),
    user: idIn(request, 'from') ?? idIn(request, 'user'),
  };
}

function inInvoice(query: RawObject): Parties {
  const event = inEvent(query);
  const mark = invoiceMark(query);
  if (mark === undefined) return event;
  const { chat, thread, directMessagesTopic } = mark;
  return { ...event, chat, thread: directMessagesTopic ?? thread };
}

function inEvent(event: RawObject): Parties {
  const { actor_chat, voter_chat, from, user, business_connection_id } = event;
  const chat = idOf(event['chat']);
  // The chats come first: a user beside them is only a placeholder.
  const actor = idOf(actor_chat) ?? idOf(voter_chat) ?? idOf(from) ?? idOf(user);
  const alone = chat !== undefined && chat > 0 ? chat : undefined;
  return {
    chat,
    user: actor === groupAnonymousBot ? chat : (actor ?? alone),
    thread: undefined,
    business: typeof business_connection_id === 'string' ? business_connection_id : undefined,
  };
}

/** The topic of a message among the direct messages of a channel. */
export function directMessagesTopic(message: RawObject | undefined): number | undefined {
  return wholeIn(objectIn(message, 'direct_messages_topic'), 'topic_id');
}

/** The payment that an update reports. */
export function paymentIn(update: RawUpdate | undefined): RawObject | undefined {
  return objectIn(payloadOf(update), 'successful_payment');
}

/** The mark that a flow has put behind the payload of an invoice. */
export function invoiceMark(query: RawObject | undefined): InvoiceMark | undefined {
  const payload = textIn(query, 'invoice_payload');
  return payload === undefined ? undefined : markOfPayload(payload);
}

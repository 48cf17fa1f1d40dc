/** Every type of update of the Bot API (10.3), and a sample of each as Telegram sends it. */
import type { RawUpdate } from '@telefsm/core';

/** Every type of update, in the order of the Bot API's page. */
export const updateTypes = [
  'message',
  'edited_message',
  'channel_post',
  'edited_channel_post',
  'business_connection',
  'business_message',
  'edited_business_message',
  'deleted_business_messages',
  'guest_message',
  'stopped_message_generation',
  'message_reaction',
  'message_reaction_count',
  'inline_query',
  'chosen_inline_result',
  'callback_query',
  'shipping_query',
  'pre_checkout_query',
  'purchased_paid_media',
  'poll',
  'poll_answer',
  'my_chat_member',
  'chat_member',
  'chat_join_request',
  'chat_boost',
  'removed_chat_boost',
  'managed_bot',
  'subscription',
] as const;

/** A type of update. */
export type UpdateType = (typeof updateTypes)[number];

/** Types that a bot must ask for by `allowed_updates` (Bot API, getUpdates). */
export const optInUpdateTypes: readonly UpdateType[] = [
  'message_reaction',
  'message_reaction_count',
  'chat_member',
];

const user = { id: 1001, is_bot: false, first_name: 'Anna', username: 'anna', language_code: 'en' };
const bot = { id: 1, is_bot: true, first_name: 'Bot', username: 'test_bot' };
const privateChat = { id: 1001, type: 'private', first_name: 'Anna', username: 'anna' };
const group = { id: -1_001_000_000_001, type: 'supergroup', title: 'Group' };
const channel = { id: -1_001_000_000_002, type: 'channel', title: 'Channel' };
const date = 1_767_225_600;
const text = { message_id: 1, from: user, chat: privateChat, date, text: 'hello' };
const post = { message_id: 2, sender_chat: channel, chat: channel, date, text: 'news' };
const business_connection_id = 'business-1';
const boostSource = { source: 'premium', user };
const sender = { user, status: 'member' };

const samples: Readonly<Record<UpdateType, Readonly<Record<string, unknown>>>> = {
  message: text,
  edited_message: { ...text, edit_date: date + 1 },
  channel_post: post,
  edited_channel_post: { ...post, edit_date: date + 1 },
  business_connection: {
    id: business_connection_id,
    user,
    user_chat_id: user.id,
    date,
    rights: { can_reply: true },
    is_enabled: true,
  },
  business_message: { ...text, business_connection_id },
  edited_business_message: { ...text, business_connection_id, edit_date: date + 1 },
  deleted_business_messages: { business_connection_id, chat: privateChat, message_ids: [1] },
  guest_message: { ...text, chat: group, guest_query_id: 'guest-1' },
  stopped_message_generation: { chat: privateChat, draft_id: 1 },
  message_reaction: {
    chat: group,
    message_id: 1,
    user,
    date,
    old_reaction: [],
    new_reaction: [{ type: 'emoji', emoji: '👍' }],
  },
  message_reaction_count: {
    chat: channel,
    message_id: 2,
    date,
    reactions: [{ type: { type: 'emoji', emoji: '👍' }, total_count: 3 }],
  },
  inline_query: { id: 'inline-1', from: user, query: 'cats', offset: '', chat_type: 'private' },
  chosen_inline_result: { result_id: 'result-1', from: user, query: 'cats' },
  callback_query: {
    id: 'callback-1',
    from: user,
    message: { ...text, from: bot },
    chat_instance: 'instance-1',
    data: 'yes',
  },
  shipping_query: {
    id: 'shipping-1',
    from: user,
    invoice_payload: 'order-1',
    shipping_address: {
      country_code: 'DE',
      state: '',
      city: 'Berlin',
      street_line1: 'Street 1',
      street_line2: '',
      post_code: '10115',
    },
  },
  pre_checkout_query: {
    id: 'checkout-1',
    from: user,
    currency: 'XTR',
    total_amount: 100,
    invoice_payload: 'order-1',
  },
  purchased_paid_media: { from: user, paid_media_payload: 'media-1' },
  poll: {
    id: 'poll-1',
    question: 'Tea?',
    options: [{ persistent_id: '0', text: 'Yes', voter_count: 1 }],
    total_voter_count: 1,
    is_closed: false,
    is_anonymous: true,
    type: 'regular',
    allows_multiple_answers: false,
  },
  poll_answer: { poll_id: 'poll-1', user, option_ids: [0], option_persistent_ids: ['0'] },
  my_chat_member: {
    chat: group,
    from: user,
    date,
    old_chat_member: { user: bot, status: 'left' },
    new_chat_member: { user: bot, status: 'member' },
  },
  chat_member: {
    chat: group,
    from: user,
    date,
    old_chat_member: { user, status: 'left' },
    new_chat_member: sender,
  },
  chat_join_request: { chat: group, from: user, user_chat_id: user.id, date },
  chat_boost: {
    chat: channel,
    boost: {
      boost_id: 'boost-1',
      add_date: date,
      expiration_date: date + 86_400,
      source: boostSource,
    },
  },
  removed_chat_boost: {
    chat: channel,
    boost_id: 'boost-1',
    remove_date: date,
    source: boostSource,
  },
  managed_bot: { user, bot: { ...bot, id: 2, username: 'managed_bot' } },
  subscription: { user, invoice_payload: 'plan-1', state: 'active' },
};

/**
 * Makes an update of any type as Telegram sends it, without a world around it.
 *
 * @param type - which type
 * @param fields - fields of the update's body that shall differ
 * @param update_id - its number
 */
export function sampleUpdate(
  type: UpdateType,
  fields: Readonly<Record<string, unknown>> = {},
  update_id = 1,
): RawUpdate {
  return { update_id, [type]: structuredClone({ ...samples[type], ...fields }) };
}

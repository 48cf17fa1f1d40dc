/** Random updates of every type, size and shape. */

import { type Failure, sampleUpdate, updateTypes } from '@telefsm/testing';
import fc from 'fast-check';

/** One thing that happens to the bot. */
export type Deed =
  | { readonly do: 'says'; readonly who: number; readonly where: Where; readonly text: string }
  | { readonly do: 'sends'; readonly update: Readonly<Record<string, unknown>> }
  | {
      readonly do: 'presses';
      readonly who: number;
      readonly at: number;
      readonly bend: Bend;
      readonly shows: Shows;
    }
  /** Does several times what the last message asks for: presses one of its buttons, pays, votes, or answers. */
  | { readonly do: 'goes on'; readonly who: number; readonly dice: readonly number[] }
  | { readonly do: 'votes'; readonly who: number; readonly at: number; readonly isClosed: boolean }
  | { readonly do: 'fails'; readonly method: string; readonly failure: Failure }
  /** An earlier update again, as Telegram sends what was not answered in time. */
  | { readonly do: 'repeats'; readonly at: number }
  /** Several updates whose answers are not awaited one after the other. */
  | { readonly do: 'hurries'; readonly who: number; readonly texts: readonly string[] }
  | { readonly do: 'waits'; readonly ms: number };

/** Where a user writes. */
export type Where = 'private' | 'group' | 'topic' | 'business' | 'channel';
/** A change that a modified client makes to the data of a button. */
export type Bend = 'nothing' | 'cut' | 'other action' | 'other visit' | 'other tag' | 'noise';
/** The keyboard of the pressed message, as Telegram shows it. */
export type Shows = 'the button' | 'another keyboard' | 'no keyboard' | 'nothing';

/** The users of the bot. */
export const people = [1001, 1002] as const;
/** Where both are members. */
export const group = { id: -1_001_000_000_001, type: 'supergroup', title: 'Group' };
/** The supergroup that the group becomes. */
export const laterGroup = { ...group, id: -1_001_000_000_077 };
/** A channel of which the bot is an administrator. */
export const channel = { id: -1_001_000_000_002, type: 'channel', title: 'Channel' };
/** How a bot reaches the customers of a business account. */
export const business = 'business-1';

const words = fc.oneof(
  fc.constantFrom('/order', '/media', '/echo', '/tree', '/vote', '/trip', '/shop', 'Ann', 'x', 'S'),
  fc.constantFrom('/order', '/order Ann', '/media', '/start o_Ann', '/count five', '/start c_NaN'),
  fc.constantFrom('/cancel', '/back', '/skip', '/done', '/picky', '/form', '/cancel@other_bot'),
  fc.constantFrom('/shop', '/trip', '/vote', '2026-01-07', 'a@b.c', '7', 'NaN', 'Fine'),
  fc.constantFrom('/echo', '/tree', 'add', 'add n=3', 'Done', '__proto__=1', 'add constructor=1'),
  fc.constantFrom('Ann', 'S', 'M', 'T1', 'T25', 'Yes', 'No', 'Done', 'More »', 'Skip', '« Back'),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 4096 }),
  fc.constant('x'.repeat(4096)),
  fc.constantFrom('__proto__', 'constructor', '<b>', 'I <3 you', '\u0000', '\uD800', '\u202E'),
);

/** Updates in which any value may be missing, or may have been replaced by any other JSON. */
const damaged = fc
  .tuple(
    fc.constantFrom(...updateTypes),
    fc.constantFrom(...people),
    fc.infiniteStream(fc.nat(14)),
    fc.infiniteStream(fc.oneof(fc.jsonValue({ maxDepth: 2 }), words)),
  )
  .map(([type, who, dice, values]) => {
    const text = JSON.stringify(sampleUpdate(type)).replaceAll(':1001', `:${who}`);
    const { update_id: _, ...update } = JSON.parse(text, (key, value: unknown) => {
      if (key === '' || key === 'update_id') return value;
      const fate = dice.next().value;
      // Telegram gives the connection its id: one that no key can hold comes from nobody
      const isBent = fate === 0 && key !== 'business_connection_id';
      return isBent ? values.next().value : fate === 1 ? undefined : value;
    }) as Record<string, unknown>;
    return update;
  });

const user = (id: number) => ({ id, is_bot: false, first_name: 'P' });

/** Messages of every kind, with the fields of a real one around what was sent. */
const contents = fc.oneof(
  fc.constantFrom<Record<string, unknown>>(
    { dice: { emoji: '🎲', value: 3 } },
    { photo: [{ file_id: 'p', file_unique_id: 'u', width: 1, height: 1 }], media_group_id: 'a' },
    { video: { file_id: 'v' }, media_group_id: 'a', caption: '/cancel' },
    { contact: { phone_number: '1', first_name: 'A', user_id: 1001 } },
    { location: { latitude: 0, longitude: 0, live_period: 60 } },
    { story: { id: 1, chat: channel } },
    { checklist: { title: 'C', tasks: [{ id: 1, text: 'T' }] } },
    { checklist_tasks_done: { marked_as_done_task_ids: [1] } },
    { paid_media: { star_count: 1, paid_media: [{ type: 'photo' }] }, paid_star_count: 5 },
    { gift: { gift: { id: 'g' } } },
    { unique_gift: { gift: { base_name: 'g' }, origin: 'upgrade' } },
    { giveaway: { chats: [], winner_count: 1 } },
    { web_app_data: { data: '{}', button_text: 'Open' } },
    { web_app_data: { data: 'x'.repeat(4096), button_text: 'Open' } },
    { users_shared: { request_id: 7, users: [{ user_id: 1001 }] } },
    { users_shared: { request_id: 'x', users: 5 } },
    { chat_shared: { request_id: 7, chat_id: -100 } },
    { game: { title: 'G', description: 'D', photo: [] } },
    { text: 'x', forward_origin: { type: 'hidden_user', sender_user_name: 'H', date: 1 } },
    { text: 'x', via_bot: { id: 9, is_bot: true, first_name: 'V' } },
    { text: 'x', sender_chat: group, from: { id: 1087968824, is_bot: true, first_name: 'Group' } },
    { text: '/cancel', entities: [{ type: 'bot_command', offset: 0, length: 7 }] },
    { text: '/cancel', entities: Array.from({ length: 100 }, () => ({ type: 'bot_command' })) },
    { text: 'x', reply_to_message: { message_id: 3, date: 0, chat: group } },
  ),
  fc.constantFrom<Record<string, unknown>>(
    { text: 'x', message_thread_id: 1, is_topic_message: true },
    { text: '/order', message_thread_id: 7, is_topic_message: true },
    { text: '/shop', direct_messages_topic: { topic_id: 4 } },
    { forum_topic_created: { name: 'T', icon_color: 1 }, message_thread_id: 7 },
    { general_forum_topic_hidden: {} },
    { boost_added: { boost_count: 1 } },
    { migrate_to_chat_id: laterGroup.id },
    { migrate_from_chat_id: group.id },
    { migrate_to_chat_id: group.id },
    { migrate_to_chat_id: 'somewhere' },
    {
      text: 'x'.repeat(1_000_000),
      entities: Array.from({ length: 5000 }, () => ({ type: 'bold', offset: 0, length: 1 })),
    },
    { refunded_payment: { currency: 'XTR', total_amount: 1, invoice_payload: 'x' } },
    { pinned_message: { message_id: 1, date: 0 } },
    { new_chat_members: [{ id: 1, is_bot: true, first_name: 'Bot' }] },
    { left_chat_member: { id: 1, is_bot: true, first_name: 'Bot' } },
    {
      successful_payment: {
        currency: 'XTR',
        total_amount: 1,
        invoice_payload: 'x',
        telegram_payment_charge_id: 'c',
      },
    },
  ),
  fc.dictionary(fc.string({ maxLength: 12 }), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 3 }),
);

const message = fc
  .record({
    type: fc.constantFrom(
      'message',
      'message',
      'edited_message',
      'business_message',
      'edited_business_message',
      'channel_post',
      'edited_channel_post',
      'guest_message',
    ),
    who: fc.constantFrom(...people),
    where: fc.constantFrom('private', 'group', 'later', 'channel'),
    id: fc.integer({ min: 1, max: 20 }),
    content: contents,
  })
  .map(({ type, who, where, id, content }) => {
    const alone = { id: who, type: 'private', first_name: 'P' };
    const chats: Record<string, object> = { group, later: laterGroup, channel };
    const chat = chats[where] ?? alone;
    const connected = type.endsWith('business_message') && { business_connection_id: business };
    return { [type]: { ...content, ...connected, message_id: id, date: 1, chat, from: user(who) } };
  });

/** Events around messages, as Telegram sends them. */
const events = fc
  .record({ who: fc.constantFrom(...people), id: fc.integer({ min: 1, max: 20 }) })
  .chain(({ who, id }) => {
    const chat = { id: who, type: 'private', first_name: 'P' };
    const from = user(who);
    const member = (status: string) => ({ user: from, status });
    return fc.constantFrom<Record<string, unknown>>(
      { deleted_business_messages: { business_connection_id: business, chat, message_ids: [id] } },
      { business_connection: { id: business, user: from, user_chat_id: who, is_enabled: false } },
      {
        message_reaction: { chat, message_id: id, user: from, old_reaction: [], new_reaction: [] },
      },
      { message_reaction: { chat: group, message_id: id, actor_chat: group } },
      { inline_query: { id: 'i', from, query: 'x'.repeat(256), offset: '' } },
      { chosen_inline_result: { result_id: 'r', from, query: '', inline_message_id: 'm' } },
      { callback_query: { id: 'c', from, chat_instance: '1', inline_message_id: 'm', data: '~' } },
      { callback_query: { id: 'c', from, chat_instance: '1', game_short_name: 'g' } },
      { my_chat_member: { chat, from, date: 1, new_chat_member: member('kicked') } },
      { my_chat_member: { chat: group, from, date: 1, new_chat_member: member('left') } },
      { chat_join_request: { chat: group, from, user_chat_id: who, date: 1 } },
      { chat_boost: { chat: channel, boost: { boost_id: 'b', source: { user: from } } } },
      { purchased_paid_media: { from, paid_media_payload: 'p' } },
      { shipping_query: { id: 's', from, invoice_payload: 'x' } },
      { pre_checkout_query: { id: 'p', from, currency: 'XTR', total_amount: 1 } },
      { an_update_type_of_tomorrow: { chat, from, text: '/order' } },
      {},
    );
  });

const who = fc.nat(1);
const saying = fc.record({
  do: fc.constant('says' as const),
  who,
  where: fc.constantFrom<Where>('private', 'private', 'group', 'topic', 'business', 'channel'),
  text: words,
});
const pressing = fc.record({
  do: fc.constant('presses' as const),
  who,
  at: fc.nat(40),
  bend: fc.constantFrom<Bend>(
    'nothing',
    'nothing',
    'nothing',
    'cut',
    'other action',
    'other visit',
    'other tag',
    'noise',
  ),
  shows: fc.constantFrom<Shows>(
    'the button',
    'the button',
    'another keyboard',
    'no keyboard',
    'nothing',
  ),
});
const failing = fc.record({
  do: fc.constant('fails' as const),
  method: fc.constantFrom(
    'sendMessage',
    'sendPoll',
    'editMessageText',
    'editMessageReplyMarkup',
    'deleteMessage',
    'answerCallbackQuery',
  ),
  failure: fc.constantFrom<Failure>(
    { error_code: 400, description: 'Bad Request: message is not modified' },
    { error_code: 400, description: "Bad Request: can't parse entities" },
    { error_code: 403, description: 'Forbidden: bot was blocked by the user' },
    // longer than telefsm waits: the clock of these tests stands still while an update is handled
    { error_code: 429, description: 'Too Many Requests', parameters: { retry_after: 999 } },
  ),
});

/** All actions, in any order. */
export const randomDeeds: fc.Arbitrary<readonly Deed[]> = fc.array(
  fc.oneof(
    { weight: 8, arbitrary: saying },
    {
      weight: 5,
      arbitrary: fc.record({
        do: fc.constant('goes on' as const),
        who,
        dice: fc.array(fc.nat(999), { minLength: 1, maxLength: 15 }),
      }),
    },
    {
      weight: 4,
      arbitrary: fc.record({
        do: fc.constant('sends' as const),
        update: fc.oneof(damaged, message, message, events),
      }),
    },
    { weight: 5, arbitrary: pressing },
    {
      weight: 1,
      arbitrary: fc.record({
        do: fc.constant('votes' as const),
        who,
        at: fc.nat(3),
        isClosed: fc.boolean(),
      }),
    },
    { weight: 1, arbitrary: failing },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('repeats' as const), at: fc.nat(30) }) },
    {
      weight: 1,
      arbitrary: fc.record({
        do: fc.constant('hurries' as const),
        who,
        texts: fc.array(words, { minLength: 2, maxLength: 4 }),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        do: fc.constant('waits' as const),
        ms: fc.constantFrom(2000, 3_600_000),
      }),
    },
  ),
  { minLength: 20, maxLength: 60, size: 'max' },
);

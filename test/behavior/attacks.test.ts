/** Updates that nobody expects, against a bot that handles no error, on real polling. */

import { describe, expect, it } from 'vitest';
import { chat, command, from, message, play, press, text } from './attack.ts';
import { frameworks } from './frameworks.ts';
import { business, channel, group, laterGroup } from './random-updates.ts';
import { storages } from './storages.ts';

/** By the name of the attack: the command that begins a conversation, and what comes then. */
const attacks: readonly (readonly [name: string, begins: string, updates: readonly object[]])[] = [
  [
    'updates without a payload, with several, and with a payload of another shape',
    '/order',
    [
      {},
      { message: null },
      { message: [] },
      { message: 'text' },
      { message: {}, callback_query: {} },
      { message: { text: 'x' } },
      { message: { from, text: 'x' } },
      { message: { chat: { id: '1001' }, from: { id: '1001' }, text: 'x' } },
      { message: { chat: { id: 1.5 }, from: { id: 2 ** 60 }, text: 'x' } },
      { callback_query: { from } },
      { tomorrow: { from, chat } },
      { poll: {} },
      { poll_answer: { poll_id: 5, user: from, option_ids: 'x' } },
      { deleted_business_messages: {} },
    ],
  ],
  [
    'messages with entities that do not fit the text',
    '/order',
    [
      message('/cancel me', command(700)),
      message('x', { entities: Array.from({ length: 100 }, () => null) }),
      message('x', { entities: 5 }),
      message('/x', command(-1, { offset: -5 })),
      message('/', command(1)),
      message('/@', command(2)),
      message('/@@@', command(4)),
      message('', {}),
      message(5),
      message('a'.repeat(4096), {
        entities: Array.from({ length: 100 }, (_, at) => ({ type: 'url', offset: at, length: 99 })),
      }),
      { message: { ...text('x'), text: undefined, caption: '/cancel', photo: [] } },
    ],
  ],
  [
    'presses with strange data, and without data, message, keyboard or user',
    '/shop',
    [
      press('~'),
      press('^'),
      press('~.'),
      press('~\u0000.\uD800'),
      press(`~${'x'.repeat(5000)}`),
      press('^....../__proto__'),
      press('~a.b.c.row=../../../etc'),
      press(undefined),
      press(5),
      press('x', { message: null }),
      press('x', { message: text('x', { reply_markup: { inline_keyboard: [5, [null], [[]]] } }) }),
      press('~a.1.q.r', { message: text('x', { reply_markup: 'none' }) }),
      press('x', { message: { chat, message_id: 1, date: 0 } }),
      press('x', { inline_message_id: 'i' }),
      press('x', { from: undefined, message: text('x') }),
      press('x', { message: text('x', { chat: undefined }) }),
    ],
  ],
  [
    'business connections with odd ids',
    '/order',
    [
      { business_message: text('/order', { business_connection_id: 'ß:u7 %'.repeat(20) }) },
      { business_message: text('x', { business_connection_id: '' }) },
      { business_message: text('x', { business_connection_id: 5 }) },
      { business_connection: { id: '__proto__', user: from, user_chat_id: 1001 } },
    ],
  ],
  [
    'albums of mixed kinds, of other chats, without end',
    '/media',
    [
      ...Array.from({ length: 30 }, () => message(undefined, { photo: [], media_group_id: 'a' })),
      message(undefined, { video: {}, media_group_id: 'a' }),
      message(undefined, { photo: 'x', media_group_id: 5 }),
      message(undefined, { photo: [{}], media_group_id: 'a', chat: group }),
      { edited_message: text(undefined, { photo: [{}], media_group_id: 'a' }) },
      message(undefined, { photo: [{ file_id: 'x' }], media_group_id: '__proto__' }),
    ],
  ],
  [
    'migrations to nowhere, to itself, in a circle, and in a private chat',
    '/order',
    [
      message(undefined, { chat: group, migrate_to_chat_id: group.id }),
      message(undefined, { chat: group, migrate_to_chat_id: laterGroup.id }),
      message(undefined, { chat: laterGroup, migrate_to_chat_id: group.id }),
      message(undefined, { chat: group, migrate_from_chat_id: 'x' }),
      message(undefined, { migrate_to_chat_id: group.id }),
      message(undefined, { chat: undefined, migrate_to_chat_id: group.id }),
      message(undefined, { chat: group, migrate_to_chat_id: null }),
    ],
  ],
  [
    'input of kinds that a question does not take',
    '/order',
    [
      message(undefined, { web_app_data: { data: '{' } }),
      message(undefined, { web_app_data: 5 }),
      message(undefined, { users_shared: { users: null } }),
      message(undefined, { contact: {} }),
      message(undefined, { location: { latitude: 'x' } }),
      message(undefined, { story: {} }),
      message(undefined, { checklist: null }),
      message(undefined, { gift: 5 }),
      message(undefined, { paid_media: [] }),
      message(undefined, { successful_payment: {} }),
      message(undefined, { successful_payment: { invoice_payload: '~' } }),
      message(undefined, { refunded_payment: null }),
      { purchased_paid_media: { from } },
      { pre_checkout_query: { id: 'p', from, invoice_payload: '~a.b\u0000' } },
      { pre_checkout_query: { from } },
      { shipping_query: { id: 's', from, invoice_payload: 5 } },
    ],
  ],
  [
    'channel posts, guest messages and business messages that are edited and deleted',
    '/order',
    [
      { channel_post: text('/order', { chat: channel, sender_chat: channel, from: undefined }) },
      { edited_channel_post: text('x', { chat: channel, sender_chat: channel }) },
      { guest_message: text('/order', { guest_query_id: 'g' }) },
      { guest_message: text('Ann', { guest_query_id: 5 }) },
      { business_message: text('/order', { business_connection_id: business }) },
      { edited_business_message: text('Ann', { business_connection_id: business }) },
      { deleted_business_messages: { business_connection_id: business, chat, message_ids: [1] } },
      { deleted_business_messages: { business_connection_id: business, message_ids: 'x' } },
      { business_message: text('/cancel', { business_connection_id: business }) },
      { guest_message: text('/cancel', { guest_query_id: 'g' }) },
    ],
  ],
  [
    'topics whose numbers are none',
    '/order',
    [
      message('/order', { chat: group, message_thread_id: 'x', is_topic_message: true }),
      message('Ann', { chat: group, message_thread_id: 0, is_topic_message: true }),
      message('Ann', { chat: group, message_thread_id: 1, is_topic_message: 'yes' }),
      message('Ann', { chat: group, direct_messages_topic: { topic_id: 1.5 } }),
      message('Ann', { chat: group, direct_messages_topic: 7 }),
      message('/cancel', { chat: group }),
    ],
  ],
  [
    'events beside messages, whole and broken',
    '/trip',
    [
      { message_reaction: { chat, message_id: 1, user: from, old_reaction: [], new_reaction: [] } },
      { message_reaction: { chat: 5 } },
      { message_reaction_count: { chat: group, message_id: 1, reactions: null } },
      { inline_query: { id: 'i', from, query: '/cancel', offset: '' } },
      { inline_query: {} },
      { chosen_inline_result: { from, result_id: 'r', query: '/cancel' } },
      { chat_boost: { chat: channel, boost: null } },
      { removed_chat_boost: { chat: channel, source: { user: from } } },
      { my_chat_member: { chat, from, new_chat_member: { status: 'kicked' } } },
      { chat_member: { chat: group, from: null } },
      { chat_join_request: { chat: group, from, user_chat_id: 'x' } },
      { managed_bot: { user: from } },
      { subscription: null },
      { stopped_message_generation: { chat } },
    ],
  ],
];

describe.each(frameworks)('on %s, on real polling without bot.catch,', (_, framework) => {
  describe.each(storages)('in %s,', (_storage, storageOf) => {
    it.each(attacks)(
      '%s neither stop the bot nor hold the user',
      async (_name, begins, updates) => {
        const { machine, world, anna, end } = play(framework, { storage: storageOf() });
        try {
          await anna.sends(begins);
          for (const update of updates) {
            await world.update(update as never);
            await world.redeliver();
          }
          await anna.sends('/cancel');
          const at = await machine.at({ user: anna.id }).peek();
          expect(at?.current ?? null).toBe(null);
          await anna.sends('/order');
          anna.sees('Name?');
        } finally {
          await end();
        }
      },
    );
  });
});

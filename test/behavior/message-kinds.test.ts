/** Every field of a message in the type declarations of both frameworks, and what telefsm makes of it. */

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { flow, type InputKind } from '@telefsm/core';
import { telegram } from '@telefsm/testing';
import { describe, expect, it } from 'vitest';
import { type Framework, frameworks } from './frameworks.ts';

const file = { file_id: 'f', file_unique_id: 'u' };
const place = { latitude: 52, longitude: 4 };

/** The messages of users, by field: the kind of input, and a value. `message` is the kind of a message without a kind of its own. */
const contents: Readonly<Record<string, readonly [kind: InputKind, value: unknown]>> = {
  text: ['text', 'Hello'],
  animation: ['animation', file],
  audio: ['audio', file],
  document: ['document', file],
  photo: ['photo', [{ ...file, width: 1, height: 1 }]],
  sticker: ['sticker', file],
  video: ['video', file],
  video_note: ['video_note', file],
  voice: ['voice', file],
  contact: ['contact', { phone_number: '31', first_name: 'Ann' }],
  location: ['location', place],
  poll: ['poll', { id: 'p', question: 'Tea?', options: [] }],
  web_app_data: ['web_app', { data: '{}', button_text: 'Open' }],
  users_shared: ['users_shared', { request_id: 1, users: [{ user_id: 8 }] }],
  chat_shared: ['chat_shared', { request_id: 1, chat_id: -5 }],
  rich_message: ['message', { blocks: [] }],
  live_photo: ['message', file],
  paid_media: ['message', { star_count: 1, paid_media: [] }],
  story: ['message', { id: 1, chat: { id: 5 } }],
  dice: ['message', { emoji: '🎲', value: 6 }],
  game: ['message', { title: 'G', description: 'D', photo: [] }],
  checklist: ['message', { title: 'C', tasks: [] }],
  invoice: ['message', { title: 'T', currency: 'XTR', total_amount: 1 }],
  gift: ['message', { gift: { id: 'g' } }],
  unique_gift: ['message', { gift: { name: 'g' } }],
  giveaway: ['message', { chats: [], winner_count: 1 }],
};

/** Reports about a chat, a payment or a poll: nobody has sent them as a message. */
const services = `
  successful_payment refunded_payment passport_data connected_website write_access_allowed
  new_chat_members left_chat_member new_chat_title new_chat_photo delete_chat_photo pinned_message
  group_chat_created supergroup_chat_created channel_chat_created managed_bot_created
  migrate_to_chat_id migrate_from_chat_id message_auto_delete_timer_changed
  chat_owner_left chat_owner_changed community_chat_added community_chat_joined community_chat_removed
  boost_added chat_background_set proximity_alert_triggered poll_option_added poll_option_deleted
  checklist_tasks_done checklist_tasks_added giveaway_created giveaway_winners giveaway_completed
  gift_upgrade_sent paid_message_price_changed direct_message_price_changed
  suggested_post_info suggested_post_approved suggested_post_approval_failed suggested_post_declined
  suggested_post_paid suggested_post_refunded
  forum_topic_created forum_topic_edited forum_topic_closed forum_topic_reopened
  general_forum_topic_hidden general_forum_topic_unhidden
  video_chat_scheduled video_chat_started video_chat_ended video_chat_participants_invited`
  .trim()
  .split(/\s+/);

/** Fields beside the content: where, when, by whom, in reply to what. */
const facts = `
  message_id message_thread_id from sender_chat date guest_query_id business_connection_id chat is_topic_message
  direct_messages_topic sender_tag receiver_user ephemeral_message_id sender_boost_count sender_business_bot
  forward_origin is_automatic_forward reply_to_message reply_to_checklist_task_id reply_to_poll_option_id is_paid_post
  external_reply quote reply_to_story via_bot guest_bot_caller_user guest_bot_caller_chat edit_date
  has_protected_content show_caption_above_media is_from_offline author_signature link_preview_options effect_id
  paid_star_count reply_markup caption caption_entities media_group_id has_media_spoiler entities venue`
  .trim()
  .split(/\s+/);

/** Reads the fields of messages from a framework's installed type declarations. */
function declaredFields(framework: string, types: string, entry: string): readonly string[] {
  const beside = createRequire(createRequire(import.meta.url).resolve(framework));
  const text = readFileSync(
    join(dirname(beside.resolve(`${types}/${entry}`)), 'message.d.ts'),
    'utf8',
  );
  const code = text.replaceAll(/\/\*\*[\s\S]*?\*\//g, '');
  const blocks = [
    /export declare namespace Message \{[\s\S]*?\n\}/.exec(code)?.[0],
    /export interface Message extends [^{]*\{[\s\S]*?\n\}/.exec(code)?.[0],
  ];
  return [
    ...new Set([...blocks.join('\n').matchAll(/^\s+(\w+)\??: /gm)].map(([, name = '']) => name)),
  ];
}

/** A flow that waits for any message, and what of the updates reaches the bot. */
async function waiting(framework: Framework) {
  const bot = framework.bot();
  bot.noteErrors();
  const any = flow('any', { trigger: '/any' })
    .ask('it', { prompt: 'What?', accept: 'any' })
    .done(({ it: answer }) => `kind ${answer.kind}`);
  const copied = flow('copied', { trigger: '/copied' })
    .ask('it', { prompt: 'What?', accept: 'message' })
    .done(({ it: { message_id } }) => `message ${message_id}`);
  bot.fsm({ states: [any, copied] });
  const passed: object[] = [];
  bot.use(({ ctx }) => passed.push(ctx));
  const world = telegram(bot.bot);
  const anna = world.user('Anna');
  const send = (fields: object) =>
    world.update({
      message: {
        message_id: 70,
        date: 1,
        chat: { id: anna.id, type: 'private', first_name: 'Anna' },
        from: anna.raw,
        ...fields,
      },
    } as never);
  const sentCount = () => world.calls.filter(({ method }) => method === 'sendMessage').length;
  return { bot, anna, send, sentCount, passed };
}

describe('the fields of a message', () => {
  it.each([
    ['grammY', 'grammy', '@grammyjs/types', 'mod.js', 100],
    ['Telegraf', 'telegraf', '@telegraf/types', 'package.json', 70],
  ])('that the types of %s declare are each known as content, service or a fact', (_, ...from) => {
    const [framework, types, entry, least] = from;
    const declared = declaredFields(framework, types, entry);
    const known = new Set([...Object.keys(contents), ...services, ...facts]);
    expect(declared.filter((field) => !known.has(field))).toEqual([]);
    expect(declared.length).toBeGreaterThan(least);
  });

  it('are known only where the newest types declare them', () => {
    const declared = new Set(declaredFields('grammy', '@grammyjs/types', 'mod.js'));
    const known = [...Object.keys(contents), ...services, ...facts];
    expect(known.filter((field) => !declared.has(field))).toEqual([]);
  });
});

describe.each(frameworks)('messages of every kind, on %s', (_, framework) => {
  it.each(Object.entries(contents))(
    "`%s` is input: 'any' takes it, and 'message' gives its id",
    async (field, [kind, value]) => {
      const { bot, anna, send } = await waiting(framework);
      await anna.sends('/any');
      await send({ [field]: value });
      anna.sees(`kind ${kind}`);
      await anna.sends('/copied');
      await send({ [field]: value });
      const isEvent = ['web_app', 'users_shared', 'chat_shared'].includes(kind);
      anna.sees(isEvent ? 'What?' : 'message 70');
      expect(bot.errors).toEqual([]);
    },
  );

  // a group that becomes a supergroup is played in corners.test.ts
  it.each(services.filter((field) => !field.startsWith('migrate_')))(
    'a service message with `%s` reaches the bot, and answers and says nothing',
    async (field) => {
      const { bot, anna, send, sentCount, passed } = await waiting(framework);
      await anna.sends('/any');
      const before = sentCount();
      await send({ [field]: { of: 1 } });
      expect([sentCount() - before, passed.length]).toEqual([0, 1]);
      await anna.sends('still here');
      anna.sees('kind text');
      expect(bot.errors).toEqual([]);
    },
  );
});

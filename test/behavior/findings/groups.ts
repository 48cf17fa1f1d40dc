/** Groups, business chats, polls, and messages of every kind. */

import { flow, scene } from '@telefsm/core';
import { expect } from 'vitest';
import { play } from '../play.ts';
import { kept, played, type Table } from './table.ts';

type World = ReturnType<typeof play>['world'];

const reply = flow('reply', { trigger: '/reply', replies: 'only' })
  .ask('name', { prompt: 'Name?' })
  .done(({ name }) => `Hello, ${name}!`);

const person = (id: number, more: object = {}) => ({ id, is_bot: false, first_name: 'P', ...more });

/** The message of the last update. */
function messageOf({ updates }: World): Record<string, object> {
  return updates.at(-1)?.['message'] as Record<string, object>;
}

export const groups: Table<'G1' | 'G2' | 'G4'> = {
  G1: [
    kept(
      'the owner of a business account and bots that write to it are no customers, new or edited',
      async ({ framework, storage }) => {
        for (const strategy of ['userInChat', 'chat'] as const) {
          const hello = flow('hello')
            .ask('order', { prompt: 'Your order?' })
            .done(({ order: ordered }) => `Ordered: ${ordered}.`);
          const { bot, world, sentTexts } = play(framework, [hello], {
            initial: hello as never,
            strategy,
            storage: storage(),
          });
          const owner = world.user('Owner');
          const customer = world.user('Customer').in(await owner.connects());
          await customer.sends('Hi');
          const { business_message: own } = world.updates.at(-1) as never as {
            business_message: object;
          };
          const robot = person(8, { is_bot: true });
          for (const update of [
            { business_message: { ...own, message_id: 800, text: 'Wait', from: owner.raw } },
            { edited_business_message: { ...own, message_id: 800, edit_date: 2, from: owner.raw } },
            { business_message: { ...own, message_id: 801, text: 'Ad', from: robot, chat: robot } },
            {
              business_message: {
                ...own,
                message_id: 802,
                text: 'Away',
                from: owner.raw,
                sender_business_bot: person(9, { is_bot: true }),
              },
            },
          ])
            await world.update(update as never);
          expect(sentTexts()).toEqual(['Your order?']);
          await customer.sends('Tea');
          expect(sentTexts()).toEqual(['Your order?', 'Ordered: Tea.']);
          expect(bot.errors).toEqual([]);
        }
      },
    ),
  ],
  G2: [
    kept(
      "with replies: 'only', only a reply in a group is an answer, and other talk reaches the bot",
      async ({ framework, storage }) => {
        const { bot, world, sentTexts } = play(framework, [reply], { storage: storage() });
        const passed: string[] = [];
        bot.use(({ text }) => void passed.push(text));
        const group = world.group('Friends');
        const anna = world.user('Anna').in(group);
        await anna.sends('/reply');
        await anna.sends('What a day');
        const last = messageOf(world);
        const answers = (message_id: number, from: object) =>
          world.update({
            message: {
              ...last,
              message_id,
              text: 'Anna',
              reply_to_message: { message_id: 2, date: 1, chat: last['chat'], from },
            },
          } as never);
        await answers(900, person(77));
        expect(passed).toEqual(['What a day', 'Anna']);
        expect(sentTexts()).toEqual(['Name?']);
        await answers(901, person(1, { is_bot: true }));
        expect(sentTexts()).toEqual(['Name?', 'Hello, Anna!']);
      },
    ),
    played("with replies: 'only', a private chat needs no reply", async ({ framework }) => {
      const { anna } = play(framework, [reply]);
      await anna.sends('/reply');
      await anna.sends('Anna');
      anna.sees('Hello, Anna!');
    }),
    played(
      'the initial scene greets people who write: no bots, channels, forwards, service messages or events',
      async ({ framework }) => {
        const hello = scene('hello').on({ enter: () => 'Hello!', handle: () => undefined });
        const { bot, world, sentTexts } = play(framework, [hello], { initial: hello as never });
        const group = world.group('Friends');
        const chat = { id: group.id, type: 'supergroup', title: 'Friends' };
        const channel = { id: -1009, type: 'channel', title: 'News' };
        const from = person(5);
        const by = { chat, user: from, from, date: 1 };
        const robot = person(1087968824, { is_bot: true });
        const messages = [
          { text: 'Hi', from: person(900, { is_bot: true }) },
          { text: 'Hi', from: person(136817688, { is_bot: true }), sender_chat: channel },
          { text: 'Hi', from: person(777000), sender_chat: channel, is_automatic_forward: true },
          { text: 'Hi', from: robot, sender_chat: chat },
          { from, new_chat_members: [from] },
          { from, left_chat_member: from },
          { from, pinned_message: { message_id: 1, date: 0, chat } },
        ].map((message, at) => ({ message: { message_id: 100 + at, date: 1, chat, ...message } }));
        for (const update of [
          ...messages,
          { edited_message: { message_id: 1, edit_date: 2, text: 'Hi', ...by } },
          { channel_post: { message_id: 1, date: 1, chat: channel, text: 'Hi' } },
          { message_reaction: { ...by, message_id: 1, old_reaction: [], new_reaction: [] } },
          { my_chat_member: { ...by, old_chat_member: {}, new_chat_member: {} } },
          { chat_join_request: { ...by, user_chat_id: 5 } },
          { inline_query: { id: 'q', from, query: 'x', offset: '' } },
          { poll_answer: { poll_id: 'p', user: from, option_ids: [0] } },
        ])
          await world.update(update as never);
        expect(sentTexts()).toEqual([]);
        await world.user('Anna').in(group).sends('Hi');
        expect(sentTexts()).toEqual(['Hello!']);
        expect(bot.errors).toEqual([]);
      },
    ),
  ],
  G4: [
    played(
      'a dice, a story, a checklist, a game, paid media and a gift are input with their message_id, also to a picker',
      async ({ framework }) => {
        const fields = {
          dice: { emoji: '🎲', value: 6 },
          story: { id: 1 },
          checklist: { title: 'C', tasks: [] },
          game: { title: 'G', description: 'D', photo: [] },
          paid_media: { star_count: 1, paid_media: [] },
          gift: { gift: { id: 'g' } },
        };
        for (const [field, value] of Object.entries(fields)) {
          const any = flow('any', { trigger: '/any' })
            .ask('one', { prompt: 'One?', accept: 'message' })
            .ask('two', { prompt: 'Two?', accept: 'any' })
            .ask('three', {
              prompt: 'Three?',
              accept: ({ kind, update }) =>
                kind === 'message' ? update.message?.message_id : undefined,
            })
            .done(({ one, two, three }) => `${one.message_id} ${two.kind} ${three}`);
          const { bot, world, anna, sentTexts } = play(framework, [any]);
          await anna.sends('/any');
          const { chat, from } = messageOf(world);
          for (const message_id of [70, 71, 72])
            await world.update({
              message: { message_id, date: 1, chat, from, [field]: value },
            } as never);
          expect([field, sentTexts().at(-1)]).toEqual([field, '70 message 72']);
          expect(bot.errors).toEqual([]);
        }
      },
    ),
  ],
};

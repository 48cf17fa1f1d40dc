/** Polls, and presses on messages that the bot cannot see any more. */

import { flow, isFsmError } from '@telefsm/core';
import { expect } from 'vitest';
import { dataIn, pressesBlindly } from '../blind-presses.ts';
import { play } from '../play.ts';
import { kept, played, type Table } from './table.ts';

const order = flow('order', { trigger: '/order' })
  .ask('size', { prompt: 'Which size?', choices: ['Small', 'Large'] })
  .ask('name', { prompt: 'A name?' })
  .done(({ size, name }) => `${size} for ${name}.`);

const poll = (more: object = {}) => ({
  method: 'sendPoll',
  payload: { question: 'Lunch?', options: [{ text: 'Soup' }, { text: 'Cake' }], ...more },
});
const lunch = flow('lunch', { trigger: '/lunch' })
  .ask('vote', { prompt: poll({ is_anonymous: false }), accept: 'poll_answer' })
  .ask('seats', { prompt: 'Seats?' })
  .done(({ vote, seats }) => `Option ${vote.option_ids.join()}, ${seats} seats.`);
const count = flow('count', { trigger: '/count' })
  .ask('result', { prompt: poll(), accept: 'poll' })
  .done(({ result }) => result.options.map((each) => `${each.text} ${each.voter_count}`).join());

export const pollsAndPresses: Table<'G3' | 'G5'> = {
  G3: [
    kept(
      'a vote in a group finds the conversation that asked, under each strategy',
      async ({ framework, storage }) => {
        for (const strategy of [
          'userInChat',
          'chat',
          'globalUser',
          'userInTopic',
          'chatTopic',
        ] as const) {
          const { bot, world } = play(framework, [lunch], { strategy, storage: storage() });
          const anna = world.user('Anna').in(world.group('Friends'));
          await anna.sends('/lunch');
          await anna.votes('Cake');
          anna.sees('Seats?');
          await anna.sends('4');
          anna.sees('Option 1, 4 seats.');
          expect(bot.errors).toEqual([]);
        }
      },
    ),
    kept(
      'an anonymous poll in a group answers when it is closed, with its result',
      async ({ framework, storage }) => {
        const { bot, world, sentTexts } = play(framework, [count], { storage: storage() });
        const group = world.group('Friends');
        await world.user('Anna').in(group).sends('/count');
        await world.user('Ben').in(group).votes('Soup');
        const state = world.updates.at(-1)?.['poll'] as object;
        await world.update({ poll: { ...state, is_closed: true } } as never);
        expect(sentTexts()).toEqual(['Soup 1,Cake 0']);
        expect(bot.errors).toEqual([]);
      },
    ),
    played('votes of an anonymous poll cannot be asked for', async ({ framework }) => {
      const define = () => flow('x').ask('vote', { prompt: poll(), accept: 'poll_answer' });
      expect(define).toThrow(/"x:vote prompt": found an anonymous poll/);
      const made = flow('made', { trigger: '/made' })
        .ask('vote', { prompt: () => poll(), accept: ['poll_answer', 'text'] })
        .done(() => {});
      const { bot, anna } = play(framework, [made]);
      await anna.sends('/made');
      expect(bot.errors.map((error) => isFsmError(error, 'INVALID_OPTION'))).toEqual([true]);
    }),
  ],
  G5: [
    played(
      'a press on an inaccessible message in a group answers the question',
      async ({ framework }) => {
        const { world, bot } = play(framework, [order]);
        const anna = world.user('Anna').in(world.group('Friends'));
        await anna.sends('/order');
        expect(await pressesBlindly(world, anna, 'Large')).toBeUndefined();
        anna.sees('A name?');
        expect(bot.errors).toEqual([]);
      },
    ),
    played(
      'a question asked elsewhere finds the topic that asked, since its buttons name it',
      async ({ framework }) => {
        const crew = { chat: 0 };
        const leave = flow('leave', { trigger: '/leave' })
          .ask('approved', {
            prompt: 'Approve?',
            choices: ['Yes', 'No'],
            to: () => crew,
            meanwhile: 'Asked.',
          })
          .done(({ approved }) => `They said ${approved}.`);
        const { world, bot } = play(framework, [leave], { strategy: 'userInTopic' });
        const bosses = world.group('Bosses');
        crew.chat = bosses.id;
        const ben = world.user('Ben').in(bosses);
        const anna = world.user('Anna').in(world.group('Forum').topic('Food'));
        await anna.sends('/leave');
        const asked = world.calls.findLast(({ payload }) => payload['chat_id'] === bosses.id);
        const sent = ben.screen().at(-1)?.message as { message_id: number } | undefined;
        const data = dataIn(asked?.payload, 'Yes');
        await world.update({
          callback_query: {
            id: 'blind',
            from: { id: ben.id, is_bot: false, first_name: 'Ben' },
            chat_instance: '1',
            data,
            message: {
              chat: { id: bosses.id, type: 'supergroup', title: 'Bosses' },
              message_id: sent?.message_id,
              date: 0,
            },
          },
        } as never);
        anna.sees('They said Yes.');
        expect(bot.errors).toEqual([]);
      },
    ),
    kept(
      'a press whose topic or business connection is not known changes nothing and says so',
      async ({ framework, storage }) => {
        const { bot, world } = play(framework, [order], {
          strategy: 'userInTopic',
          storage: storage(),
        });
        const customer = world.user('Customer').in(await world.user('Owner').connects());
        const anna = world.user('Anna').in(world.group('Forum').topic('Food'));
        for (const user of [customer, anna]) {
          await user.sends('/order');
          expect(await pressesBlindly(world, user, 'Large')).toBe(
            'This button is no longer in use.',
          );
          await user.taps('Large');
          user.sees('A name?');
        }
        expect(bot.errors).toEqual([]);
      },
    ),
  ],
};

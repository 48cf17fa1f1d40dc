/** Which messages answer a question, and which change the answer afterwards. */

import { flow, redo, typed } from '@telefsm/core';
import { message, photo, telegram } from '@telefsm/testing';
import { describe, expect, it } from 'vitest';
import { frameworks } from './frameworks.ts';
import { play } from './play.ts';

type Anna = ReturnType<typeof play>['anna'];

/** The user's message to which the bot has answered. */
const messageBefore = ({ message_id }: Anna['last']) => Number(message_id) - 1;

describe.each(frameworks)('with editedMessages, on %s', (_, framework) => {
  const order = (rows: { readonly back?: boolean } = {}) =>
    flow('order', { trigger: '/order', editedMessages: 'update', back: true, ...rows })
      .ask('what', { prompt: 'What?', choices: ['tea', 'coffee'], accept: 'text', optional: true })
      .ask('town', { prompt: 'Town?' })
      .done(({ what, town }) => `${what} to ${town}`);

  it.each([
    ['a button', (anna: Anna) => anna.taps('tea'), 'tea to Rome'],
    ['/skip', (anna: Anna) => anna.sends('/skip'), 'undefined to Rome'],
  ] as const)(
    'an old message does not change what %s has answered since',
    async (_how, again, done) => {
      const { anna, bot } = play(framework, [order()]);
      await anna.sends('/order');
      await anna.sends('milk');
      const number = messageBefore(anna.last);
      await anna.sends('/back');
      await again(anna);
      await anna.edits('water', number);
      await anna.sends('Rome');
      anna.sees(done);
      expect(bot.errors).toEqual([]);
    },
  );

  it('a message still changes its own answer after other questions were answered', async () => {
    const { anna } = play(framework, [order()]);
    await anna.sends('/order');
    await anna.sends('milk');
    const number = messageBefore(anna.last);
    await anna.edits('water', number);
    await anna.edits('juice', number);
    await anna.sends('Rome');
    anna.sees('juice to Rome');
  });

  it('nothing changes what somebody else decides on, or has decided', async () => {
    const request = flow('request', { trigger: '/request', editedMessages: 'update' })
      .ask('what', { prompt: 'What?' })
      .ask('verdict', {
        to: { chat: 1002 },
        prompt: ({ what }) => `Approve ${what}?`,
        choices: ['Yes', 'No'],
      })
      .ask('when', { prompt: 'When?' })
      .done(({ what, verdict }) => `${what}: ${verdict}`);
    const bot = framework.bot();
    bot.fsm({ states: [request] });
    const tg = telegram(bot.bot);
    const anna = tg.user('Anna', { id: 1001 });
    const boss = tg.user('Boss', { id: 1002 });
    await boss.sends('hello');
    await anna.sends('/request');
    await anna.sends('a chair');
    await anna.edits('a car');
    boss.sees('Approve a chair?');
    await boss.taps('Yes');
    await anna.edits('a house');
    await anna.sends('now');
    anna.sees('a chair: Yes');
  });

  it('an edit for which validate returns redo() asks that question again', async () => {
    const trip = flow('trip', { trigger: '/trip', editedMessages: 'update' })
      .ask('from', { prompt: 'From?' })
      .ask('to', { prompt: 'To?', validate: (to) => (to === 'back' ? redo('from') : to) })
      .ask('when', { prompt: 'When?' })
      .done(({ from, to }) => `${from} – ${to}`);
    const { anna, bot } = play(framework, [trip]);
    await anna.sends('/trip');
    await anna.sends('Rome');
    await anna.sends('Oslo');
    await anna.edits('back');
    anna.sees('From?');
    await anna.sends('Paris');
    await anna.sends('now');
    anna.sees('Paris – Oslo');
    expect(bot.errors).toEqual([]);
  });
});

describe.each(frameworks)('the messages of a question, on %s', (_, framework) => {
  it('the rest of an album answers nothing after redo()', async () => {
    const size = { file_id: 'a', file_unique_id: 'a', width: 1, height: 1 };
    const photos = flow('photos', { trigger: '/photos' })
      .ask('front', { prompt: 'Front?', accept: 'photo' })
      .ask('back', {
        prompt: 'Back?',
        accept: 'photo',
        validate: (back) => (back.caption === 'both' ? redo('front') : back),
      })
      .done(() => 'Done.');
    const { anna } = play(framework, [photos]);
    await anna.sends('/photos');
    await anna.sends(photo());
    for (const caption of ['both', 'second', 'third']) {
      await anna.sends(message({ photo: [size], media_group_id: 'both', caption }));
      if (caption === 'both') anna.sees('Front?');
      else anna.seesNothing();
    }
    await anna.sends(photo());
    anna.sees('Back?');
  });

  it('a press of another button is no attempt', async () => {
    const form = flow('form', { trigger: '/form', attempts: 2 })
      .ask('age', { prompt: 'Age?', accept: 'number' })
      .done(({ age }) => `${age}`);
    const bot = framework.bot();
    bot.command('menu', ({ ctx }) =>
      (ctx as { reply(text: string, more: object): Promise<unknown> }).reply('Menu', {
        reply_markup: { inline_keyboard: [[{ text: 'One', callback_data: 'menu:1' }]] },
      }),
    );
    bot.fsm({ states: [form] });
    const anna = telegram(bot.bot).user('Anna');
    await anna.sends('/menu');
    const menu = anna.last;
    await anna.sends('/form');
    await anna.taps('One', menu);
    await anna.taps('One', menu);
    await anna.sends('old');
    await anna.sends('7');
    anna.sees('7');
  });

  it.each([
    ['no issues', []],
    ['an issue without words', [{ message: '' }]],
  ])('a schema that rejects with %s says that the answer is invalid', async (_how, issues) => {
    const schema = { '~standard': { version: 1, vendor: 'test', validate: () => ({ issues }) } };
    const form = flow('form', { trigger: '/form' })
      .ask('a', { prompt: 'A?', schema } as never)
      .done(() => {});
    const { anna } = play(framework, [form]);
    await anna.sends('/form');
    await anna.sends('x');
    anna.sees('That is not a valid answer. Please try again.');
  });

  it.each(['restart', 'ask'] as const)(
    'a trigger whose argument `from` rejects leaves the running flow as it is: %s',
    async (onTrigger) => {
      const feedback = flow('feedback', {
        trigger: '/feedback',
        onTrigger,
        data: typed<{ city: string }>(),
      })
        .ask('stars', { prompt: 'Stars?' })
        .ask('why', { prompt: 'Why?' })
        .done((answers) => JSON.stringify(answers), {
          from: (city) => (['lisbon', 'rome'].includes(city) ? { city } : undefined),
        });
      const { anna, bot } = play(framework, [feedback]);
      bot.use(({ say }) => say('Unknown city.'));
      await anna.sends('/feedback lisbon');
      await anna.sends('5');
      await anna.sends('/feedback gone');
      if (onTrigger === 'ask') await anna.taps('Yes');
      else anna.sees('Unknown city.');
      await anna.sends('Nice');
      anna.sees('{"city":"lisbon","stars":"5","why":"Nice"}');
    },
  );
});

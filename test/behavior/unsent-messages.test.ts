import { flow } from '@telefsm/core';
import { describe, expect, it } from 'vitest';
import { frameworks } from './frameworks.ts';
import { play } from './play.ts';

const _failed = 'Something went wrong. Please try again.';

const choices = Array.from({ length: 45 }, (_, at) => `Choice ${at}`);

describe.each(frameworks)('messages that cannot be sent, on %s', (_, framework) => {
  it.each([
    [403, { error_code: 403, description: 'Forbidden' }],
    [429, { error_code: 429, parameters: { retry_after: 1 } }],
    ['network', 'unreachable'],
  ] as const)(
    'a redraw of a selection that fails (%s) is reported to observers only',
    async (_name, failure) => {
      const pick = flow('pick', { trigger: '/pick' })
        .ask('some', { prompt: 'Which?', choices, multiple: true })
        .done(({ some }) => `${some.join()}.`);
      const { bot, world, anna, unsent } = play(framework, [pick]);
      await anna.sends('/pick');
      world.fails('editMessageReplyMarkup', failure);
      await anna.taps('Choice 1');
      expect([unsent.length, bot.errors]).toEqual([1, []]);
      await anna.taps('Done');
      anna.sees('Choice 1.');
    },
  );

  it('a press that fails is answered, also if the bot may not write there', async () => {
    const pick = flow('pick', { trigger: '/pick' })
      .ask('one', {
        prompt: 'Which?',
        choices: ['A'],
        validate: () => {
          throw new Error('The shop is closed.');
        },
      })
      .done(() => {});
    const { world, anna, unsent } = play(framework, [pick]);
    await anna.sends('/pick');
    world.fails('sendMessage', { error_code: 400, description: 'Bad Request: not enough rights' });
    expect(await anna.taps('A')).toMatchObject({ answered: true });
    expect(unsent).toHaveLength(1);
  });

  it('entities go with the part that they format', async () => {
    const word = 'word '.repeat(1000);
    const form = flow('form', { trigger: '/form' })
      .ask('text', {
        prompt: { text: word, entities: [{ type: 'bold', offset: 4000, length: 500 }] },
      })
      .done(() => 'Done.');
    const { world, anna } = play(framework, [form]);
    await anna.sends('/form');
    const entities = world.calls
      .filter(({ method }) => method === 'sendMessage')
      .map(({ payload }) => payload['entities']);
    expect(entities).toEqual([
      [{ type: 'bold', offset: 4000, length: 95 }],
      [{ type: 'bold', offset: 0, length: 405 }],
    ]);
  });
});

import { flow, typed } from '@telefsm/core';
import { telegram, virtualClock } from '@telefsm/testing';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { frameworks } from './frameworks.ts';
import { play } from './play.ts';

interface Journal {
  note(text: string): Promise<void>;
}

const weigh = (prompts: 'keep' | 'delete' | 'edit' = 'keep') =>
  flow('weigh', {
    trigger: '/weigh',
    prompts,
    data: typed<{ unit?: 'kg' | 'lb'; day?: string; loud?: boolean }>(),
    services: typed<Journal>(),
  })
    .ask('exercise', { prompt: 'Exercise?' })
    .ask('weight', {
      prompt: ({ exercise, unit = 'kg' }) => `${exercise}: how many ${unit}?`,
      schema: z.coerce.number('A number, please.'),
      rows: (_answers, { radio, toggle, button, answer, again, redo, cancel, back }) => [
        radio('unit', ['kg', 'lb']),
        [
          toggle('loud', 'Loud'),
          button('note', 'Note', async ({ services }) => {
            await services.note('pressed');
            return again().toast('Noted.');
          }),
        ],
        [
          button('none', 'None', answer('0')),
          button('redo', 'Other exercise', redo('exercise')),
          button('back', 'Before', back()),
          button('stop', 'Stop', cancel()),
        ],
      ],
    })
    .done(({ exercise, weight, unit = 'kg', loud }) => `${exercise} ${weight} ${unit} ${loud}`);

describe.each(frameworks)('rows of a question on %s', (_, framework) => {
  const begin = async (prompts?: 'keep' | 'delete' | 'edit') => {
    const noted: string[] = [];
    const services: Journal = {
      async note(text) {
        noted.push(text);
      },
    };
    const { bot, fsm, errors, noteErrors } = framework.bot();
    const machine = fsm({ states: [weigh(prompts)], services });
    noteErrors();
    const chat = telegram(bot);
    const anna = chat.user('Anna');
    await anna.sends('/weigh');
    await anna.sends('Squat');
    const texts = () => anna.screen().map(({ text }) => text);
    return { anna, chat, errors, noted, machine, texts };
  };

  it('change parameters, and the question is edited', async () => {
    const { anna, texts, errors } = await begin();
    anna.sees('Squat: how many kg?');
    const { message_id } = anna.last;
    await anna.taps('○ lb');
    expect(texts()).toEqual(['Exercise?', 'Squat: how many lb?']);
    expect(anna.last.message_id).toBe(message_id);
    expect(anna.last.buttons[0]).toEqual(['○ kg', '● lb']);
    await anna.taps('Loud');
    expect(anna.last.buttons[1]).toEqual(['✓ Loud', 'Note']);
    await anna.sends('80');
    anna.sees('Squat 80 lb true');
    expect(errors).toEqual([]);
  });

  it('a handler acts once, its toast answers the press, and the question stays', async () => {
    const { anna, noted } = await begin();
    const pressed = await anna.taps('Note');
    expect(noted).toEqual(['pressed']);
    expect(pressed).toMatchObject({ alert: 'Noted.' });
    await anna.sends('80');
    anna.sees('Squat 80 kg undefined');
  });

  it('answer, ask another step again, go back and cancel', async () => {
    const { anna } = await begin();
    await anna.taps('Other exercise');
    anna.sees('Exercise?');
    await anna.sends('Press');
    await anna.taps('None');
    anna.sees('Press 0 kg undefined');
    await anna.sends('/weigh');
    await anna.sends('Squat');
    await anna.taps('Before');
    anna.sees('You cannot go back here.');
    await anna.taps('Stop');
    anna.sees('Canceled.');
  });

  it('an answered question loses its buttons, and its old ones do nothing', async () => {
    const { anna, noted } = await begin();
    const asked = anna.last;
    await anna.sends('80');
    anna.sees('Squat 80 kg undefined');
    expect(anna.screen().flatMap(({ buttons }) => buttons.flat())).toEqual([]);
    await anna.taps('Note', asked);
    expect(noted).toEqual([]);
  });

  it('an invalid answer leaves the question and what was chosen', async () => {
    const { anna } = await begin();
    await anna.taps('○ lb');
    await anna.sends('many');
    anna.sees('A number, please.');
    await anna.sends('80');
    anna.sees('Squat 80 lb undefined');
  });

  it('in a flow of one message, the message is the same throughout', async () => {
    const { anna, texts } = await begin('edit');
    await anna.taps('○ lb');
    await anna.sends('many');
    expect(texts()).toEqual(['Squat: how many lb?\n\nA number, please.']);
    await anna.taps('Other exercise');
    expect(texts()).toEqual(['Exercise?']);
  });

  it('answered prompts are deleted with `prompts` of the flow', async () => {
    const { anna, texts } = await begin('delete');
    await anna.taps('○ lb');
    await anna.sends('80');
    expect(texts()).toEqual(['Squat 80 lb undefined']);
  });

  it.each([
    ['keep', ['Side? [L, R]', 'L: how much? [○ kg, ● lb, None, Before]']],
    ['removeKeyboards', ['Side?', 'L: how much? [○ kg, ● lb, None, Before]']],
    ['delete', ['L: how much? [○ kg, ● lb, None, Before]']],
    ['edit', ['L: how much? [○ kg, ● lb, None, Before]']],
  ] as const)('follow a question that a press has answered: %s', async (prompts, shown) => {
    const lift = flow('lift', {
      trigger: '/lift',
      prompts,
      back: true,
      data: typed<{ unit?: 'kg' | 'lb' }>(),
    })
      .ask('side', { prompt: 'Side?', choices: ['L', 'R'] })
      .ask('weight', {
        prompt: ({ side }) => `${side}: how much?`,
        rows: (_answers, { radio, button, answer, back }) => [
          radio('unit', ['kg', 'lb']),
          [button('none', 'None', answer('0')), button('back', 'Before', back())],
        ],
      })
      .done(({ side, weight, unit }) => `${side} ${weight} ${unit}`);
    const { anna, bot, unsent } = play(framework, [lift]);
    const texts = () =>
      anna.screen().map(({ text, buttons, message }) => {
        const labels = message.reply_markup === undefined ? [] : buttons.flat();
        return labels.length === 0 ? text : `${text} [${labels.join(', ')}]`;
      });
    await anna.sends('/lift');
    await anna.taps('L');
    await anna.taps('○ lb');
    expect(texts()).toEqual(shown);
    await anna.taps('Before');
    anna.sees('Side?');
    await anna.taps('R');
    await anna.taps('None');
    anna.sees('R 0 lb');
    expect([...bot.errors, ...unsent]).toEqual([]);
  });

  it.each(['keep', 'removeKeyboards', 'delete', 'edit'] as const)(
    'turn the pages of a calendar: %s',
    async (prompts) => {
      const book = flow('book', { trigger: '/book', prompts, data: typed<{ day?: string }>() })
        .ask('when', {
          prompt: ({ day }) => `When? ${day ?? ''}`,
          rows: (_answers, { calendar, button, answer }) => [
            calendar('day', { min: '2026-01-01', max: '2026-12-31' }),
            button('ok', 'OK', answer('ok')),
          ],
        })
        .done(({ day }) => `Booked: ${day}`);
      const { anna, bot, unsent } = play(framework, [book], { clock: virtualClock() });
      await anna.sends('/book');
      for (const label of ['»', '»', '«', '15', 'OK']) await anna.taps(label);
      anna.sees('Booked: 2026-02-15');
      expect(anna.screen().flatMap(({ buttons }) => buttons)).toEqual([]);
      expect([...bot.errors, ...unsent]).toEqual([]);
    },
  );

  it('a double tap is done once, and a press for another conversation is rejected', async () => {
    const { anna, chat } = await begin();
    const asked = anna.last;
    await anna.taps('Loud', asked);
    await anna.taps('Loud', asked);
    await anna.sends('80');
    anna.sees('Squat 80 kg true');
    expect(
      chat.calls.filter(({ method }) => method === 'editMessageReplyMarkup').length,
    ).toBeGreaterThan(0);
  });

  it('belong to the flow that is included, and to rounds', async () => {
    const { bot, fsm, errors, noteErrors } = framework.bot();
    const set = flow('set', { data: typed<{ unit: 'kg' | 'lb' }>() })
      .ask('weight', {
        prompt: ({ unit }) => `How many ${unit}?`,
        rows: (_answers, { radio }) => [radio('unit', ['kg', 'lb'])],
      })
      .done(() => {});
    const plan = flow('plan', { trigger: '/plan', data: typed<{ calm?: boolean }>() })
      .include('first', set, () => ({ unit: 'kg' as const }))
      .repeat('more', {
        each: (round) =>
          round.ask('reps', {
            prompt: 'Reps?',
            rows: (_answers, { toggle }) => [toggle('calm', 'Calm')],
          }),
        again: 'More?',
      })
      .done(({ first, more, calm }) => `${first.weight} ${first.unit}, ${more.length} ${calm}`);
    fsm({ states: [plan] });
    noteErrors();
    const anna = telegram(bot).user('Anna');
    await anna.sends('/plan');
    await anna.taps('○ lb');
    expect(anna.screen().map(({ text }) => text)).toEqual(['How many lb?']);
    await anna.sends('80');
    await anna.taps('Calm');
    await anna.sends('5');
    await anna.taps('No');
    anna.sees('80 lb, 1 true');
    expect(errors).toEqual([]);
  });

  it.each([
    ['on a reply keyboard', { buttons: 'reply', choices: ['a'] }],
    ['beside a button that shares', { accept: 'contact', share: 'Share' }],
    ['where somebody else is asked', { to: { chat: 1 }, choices: ['a'] }],
  ])('%s they are rejected', (_name, options) => {
    expect(() => flow('f').ask('a', { prompt: 'A?', rows: () => [], ...options } as never)).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTION' }),
    );
  });
});

/** The buttons of a summary that name the answers to correct, in the language of each user. */

import { type AskTurn, flow, isFsmError } from '@telefsm/core';
import { telegram } from '@telefsm/testing';
import { describe, expect, it } from 'vitest';
import { type Framework, frameworks } from './frameworks.ts';
import { play } from './play.ts';

const inGerman = (english: string, german: string) => (turn: AskTurn) =>
  turn.language === 'de' ? german : english;

function deploy(framework: Framework, prompts: 'keep' | 'edit' = 'keep') {
  const visit = flow('visit', { trigger: '/visit', prompts })
    .ask('firstName', { prompt: 'Name?' })
    .ask('day', { prompt: 'Day?' })
    .ask('town', { prompt: 'Town?' })
    .confirm({
      prompt: ({ firstName, day, town }) => `${firstName}, ${day}, ${town}?`,
      edit: {
        firstName: inGerman('Your name', 'Dein Name'),
        day: inGerman('Your day', 'Dein Tag'),
      },
    })
    .done(({ firstName }) => `Saved, ${firstName}.`);
  const made = framework.bot();
  made.fsm({ states: [visit] });
  return telegram(made.bot as never);
}

async function fill(user: ReturnType<ReturnType<typeof telegram>['user']>) {
  for (const text of ['/visit', 'Anna', 'Monday', 'Rome']) await user.sends(text);
  await user.taps('Edit');
}

describe.each(frameworks)('the labels of corrections, on %s', (_, framework) => {
  it.each(['keep', 'edit'] as const)(
    'each user reads their own, with prompts: %s',
    async (prompts) => {
      const world = deploy(framework, prompts);
      const [anna, bernd] = [world.user('Anna'), world.user('Bernd', { language_code: 'de' })];
      await fill(anna);
      anna.sees({ buttons: [['Your name'], ['Your day'], ['Keep as it is']] });
      await fill(bernd);
      bernd.sees({ buttons: [['Dein Name'], ['Dein Tag'], ['Keep as it is']] });
      await bernd.taps('Dein Tag');
      await bernd.sends('Tuesday');
      bernd.sees('Anna, Tuesday, Rome?');
    },
  );

  it('a user may type one', async () => {
    const bernd = deploy(framework).user('Bernd', { language_code: 'de' });
    await fill(bernd);
    await bernd.sends('Dein Name');
    bernd.sees('Name?');
  });

  it.each([
    ['dein TAG', 'Day?'],
    ['KEEP as it is', 'Anna, Monday, Rome?'],
  ])('a user may type one in other letters: %s', async (typed, question) => {
    const bernd = deploy(framework).user('Bernd', { language_code: 'de' });
    await fill(bernd);
    await bernd.sends(typed);
    bernd.sees(question);
  });
});

describe.each(frameworks)('answers named as members of every object, on %s', (_, framework) => {
  it('are labeled by their names', async () => {
    const odd = flow('odd', { trigger: '/odd' })
      .ask('constructor', { prompt: 'Who?' })
      .ask('toString', { prompt: 'What?' })
      .confirm({ prompt: 'Right?', edit: true })
      .done(() => 'Saved.');
    const made = framework.bot();
    made.fsm({ states: [odd] });
    const anna = telegram(made.bot as never).user('Anna');
    for (const text of ['/odd', 'A', 'B']) await anna.sends(text);
    await anna.taps('Edit');
    anna.sees({ buttons: [['Constructor'], ['To string'], ['Keep as it is']] });
  });
});

it('a label of an unknown answer is rejected', () => {
  const form = flow('form').ask('day', { prompt: 'Day?' });
  const outline = form.confirm({
    prompt: 'Right?',
    // @ts-expect-error there is no such answer
    edit: { dya: 'Day' },
  });
  expect(() => outline.done(() => 'Saved.')).toThrow('"dya"');
});

it('anything but labels is rejected when the flow is made', () => {
  for (const edit of ['day', { day: 5 }, () => [], 7]) {
    const form = flow('form').ask('day', { prompt: 'Day?' });
    const outline = form.confirm({ prompt: 'Right?', edit: edit as never });
    expect(() => outline.done(() => 'Saved.')).toThrow('Invalid option "form:confirm edit"');
  }
});

it('a flow without answers has none to correct', () => {
  // @ts-expect-error there is no answer yet
  flow('form').confirm({ prompt: 'Right?', edit: ['day'] });
  // @ts-expect-error there is no answer yet
  flow('form').confirm({ prompt: 'Right?', edit: { day: 'Day' } });
});

it.each(frameworks)(
  'a label that is no text is an error that names its step, on %s',
  async (_, framework) => {
    const made = framework.bot();
    made.noteErrors();
    const form = flow('form', { trigger: '/form' })
      .ask('day', { prompt: 'Day?' })
      .confirm({ prompt: 'Right?', edit: { day: (() => 5) as never } })
      .done(() => 'Saved.');
    made.fsm({ states: [form] });
    const anna = telegram(made.bot as never).user('Anna');
    for (const text of ['/form', 'Monday', 'Edit']) await anna.sends(text).catch(() => {});
    const [error] = made.errors.map((one) => Object(one).error ?? one);
    expect(isFsmError(error, 'INVALID_OPTION') && error.message).toContain(
      '"form:confirm edit day": found 5',
    );
  },
);

describe.each(frameworks)('the buttons of corrections, on %s', (_, framework) => {
  describe.each(['removeKeyboards', 'delete', 'edit'] as const)('with prompts: %s', (prompts) => {
    const order = flow('order', { trigger: '/order', prompts, back: true })
      .ask('name', { prompt: 'Name?' })
      .ask('size', { prompt: 'Size?', choices: ['S', 'M'] })
      .confirm({ prompt: 'Right?', edit: true })
      .done(() => 'Done.');

    it.each([
      ['Name', 'Name?', 0],
      ['Keep as it is', 'Right?', 1],
      ['/back', 'Right?', 1],
    ])('are gone after %s', async (label, next, keyboards) => {
      const { anna, bot, unsent } = play(framework, [order]);
      for (const text of ['/order', 'Anna', 'M', 'Edit', label]) await anna.sends(text);
      const shown = anna.screen();
      expect(shown.at(-1)?.text).toBe(next);
      expect(shown.filter(({ buttons }) => buttons.length > 0)).toHaveLength(keyboards);
      if (prompts === 'delete') {
        expect(shown.filter(({ text }) => text === 'Right?')).toHaveLength(keyboards);
      }
      expect([...bot.errors, ...unsent]).toEqual([]);
    });
  });
});

/** A reply keyboard that a question has shown is removed with the next message after the question is over. */

import { flow, redo, scene } from '@telefsm/core';
import { describe, expect, it } from 'vitest';
import { frameworks } from './frameworks.ts';
import { play, yesOrNo } from './play.ts';
import { storages } from './storages.ts';

const shown = { text: 'Sure?', keyboard: yesOrNo };

/** A question that shows a reply keyboard: by choices, or by a keyboard of its prompt. */
const questions: readonly (readonly [string, object])[] = [
  ['choices', { prompt: 'Sure?', choices: ['Yes', 'No'], buttons: 'reply' }],
  ['a keyboard of the prompt', { prompt: shown }],
];

describe.each(frameworks)('reply keyboards on %s', (_, framework) => {
  describe.each(storages)('in %s', (_name, storage) => {
    it.each(questions)('%s: the next question removes it', async (_kind, question) => {
      const form = flow('f', { trigger: '/f' })
        .ask('a', question as never)
        .ask('b', { prompt: 'B?' })
        .done(() => 'Done.');
      const { anna, markups, bot } = play(framework, [form], { storage: storage() });
      for (const text of ['/f', 'Yes', 'x']) await anna.sends(text);
      expect(markups()).toEqual(['keyboard', 'remove_keyboard', 'plain']);
      expect(bot.errors).toEqual([]);
    });

    it.each(questions)('%s: the text of done removes it', async (_kind, question) => {
      const form = flow('f', { trigger: '/f' })
        .ask('a', question as never)
        .done(() => 'Done.');
      const { anna, markups, machine } = play(framework, [form], { storage: storage() });
      for (const text of ['/f', 'Yes', '/f']) await anna.sends(text);
      expect(markups()).toEqual(['keyboard', 'remove_keyboard', 'keyboard']);
      await anna.sends('Yes');
      expect(await machine.at({ user: anna.id }).peek()).toBeUndefined();
    });
  });

  it.each<readonly [string, object, string]>([
    ['/cancel', {}, '/cancel'],
    ['too many attempts', { attempts: 1 }, 'neither'],
    ['another flow', {}, '/g'],
  ])('%s removes it', async (_how, options, sent) => {
    const form = flow('f', { trigger: '/f', ...options })
      .ask('a', { prompt: 'Sure?', choices: ['Yes', 'No'], buttons: 'reply' })
      .done(() => {});
    const other = flow('g', { trigger: '/g' })
      .ask('a', { prompt: 'G?' })
      .done(() => {});
    const { anna, markups } = play(framework, [form, other]);
    for (const text of ['/f', sent]) await anna.sends(text);
    expect(markups()).toEqual(['keyboard', 'remove_keyboard']);
  });

  it('a message that done sends by itself removes it', async () => {
    const form = flow('f', { trigger: '/f' })
      .ask('a', { prompt: 'Sure?', choices: ['Yes', 'No'], buttons: 'reply' })
      .done(async (_answers, { reply }) => {
        await reply('Saved.');
        await reply('Bye.');
      });
    const { anna, markups, machine } = play(framework, [form]);
    for (const text of ['/f', 'Yes']) await anna.sends(text);
    expect(markups()).toEqual(['keyboard', 'remove_keyboard', 'plain']);
    expect(await machine.at({ user: anna.id }).peek()).toBeUndefined();
  });

  it('a question that done asks again shows it again, and the end removes it', async () => {
    let count = 0;
    const form = flow('f', { trigger: '/f' })
      .ask('a', { prompt: 'Sure?', choices: ['Yes', 'No'], buttons: 'reply' })
      .done(async (_answers, { reply }) => {
        if (++count === 2) return 'Done.';
        await reply('Really?');
        return redo('a');
      });
    const { anna, markups } = play(framework, [form]);
    for (const text of ['/f', 'Yes', 'Yes']) await anna.sends(text);
    expect(markups()).toEqual(['keyboard', 'remove_keyboard', 'keyboard', 'remove_keyboard']);
  });

  it('a message that the next scene sends as it begins removes it', async () => {
    const Next = scene('next').on({
      enter: async ({ reply }) => {
        await reply('Hi.');
        await reply('Welcome.');
      },
      handle: () => {},
    });
    const form = flow('f', { trigger: '/f' })
      .ask('a', { prompt: 'Sure?', choices: ['Yes', 'No'], buttons: 'reply' })
      .done((_answers, { state }) => void state.enter(Next));
    const { anna, markups } = play(framework, [form, Next]);
    for (const text of ['/f', 'Yes']) await anna.sends(text);
    expect(markups()).toEqual(['keyboard', 'remove_keyboard', 'plain']);
  });

  it('a rejected answer leaves it, and the next question removes it', async () => {
    const form = flow('f', { trigger: '/f' })
      .ask('a', { prompt: 'Sure?', choices: ['Yes', 'No'], buttons: 'reply' })
      .ask('b', { prompt: 'B?' })
      .done(() => {});
    const { anna, markups } = play(framework, [form]);
    for (const text of ['/f', 'neither', 'Yes']) await anna.sends(text);
    expect(markups()).toEqual(['keyboard', 'plain', 'remove_keyboard']);
  });

  it.each<
    readonly [string, (f: ReturnType<typeof flow>) => { done(handler: () => void): unknown }]
  >([
    ['choices', (f) => f.ask('b', { prompt: 'B?', choices: ['x'] })],
    ['a summary', (f) => f.confirm({ prompt: 'All right?' })],
    [
      'a question for another round',
      (f) =>
        f.repeat('r', {
          min: 0,
          each: (b) => b.ask('c', { prompt: 'C?' }),
          again: 'More?',
        }),
    ],
  ])('before %s with inline buttons a message that is deleted removes it', async (_kind, more) => {
    const begun = flow('f', { trigger: '/f' }).ask('a', { prompt: shown });
    const { anna, markups, bot } = play(framework, [more(begun as never).done(() => {})]);
    for (const text of ['/f', 'Yes']) await anna.sends(text);
    expect(markups()).toEqual(['keyboard', 'remove_keyboard', 'deleted', 'inline_keyboard']);
    expect(bot.errors).toEqual([]);
  });

  it('a flow that cannot delete that message continues', async () => {
    const form = flow('f', { trigger: '/f' })
      .ask('a', { prompt: shown })
      .ask('b', { prompt: 'B?', choices: ['x'] })
      .done(() => 'Done.');
    const { anna, world, bot } = play(framework, [form]);
    await anna.sends('/f');
    world.fails('deleteMessage', { error_code: 400, description: 'Bad Request: no' });
    await anna.sends('Yes');
    await anna.taps('x');
    anna.sees('Done.');
    expect(bot.errors).toEqual([]);
  });
});

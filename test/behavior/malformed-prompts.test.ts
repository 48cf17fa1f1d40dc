/** Prompts that are not messages, as JavaScript may write them, are errors that name the step before anything is sent or stored. */

import { flow } from '@telefsm/core';
import { describe, expect, it } from 'vitest';
import { frameworks } from './frameworks.ts';
import { play } from './play.ts';

const button = (
  _answers: object,
  turn: { button(...parts: unknown[]): unknown; answer(value: string): unknown },
) => [turn.button('x', 'X', turn.answer('1'))];

describe.each(frameworks)('a malformed prompt on %s', (_, framework) => {
  describe.each([
    ['a method without parameters', { method: 'sendDice' }, 'payload": found undefined'],
    [
      'a method with a text for parameters',
      { method: 'sendDice', payload: 'x' },
      `payload": found 'x'`,
    ],
    ['a number for a method', { method: 5, payload: {} }, 'method": found 5'],
    ['nothing', undefined, 'prompt": found nothing'],
    ['a member that no message has', { text: 'A?', keybord: {} }, 'keybord'],
  ])('%s', (_what, made, found) => {
    it.each([
      ['a text', {}],
      ['choices', { choices: ['c'] }],
      ['an optional answer', { optional: true }],
      ['a contact', { accept: 'contact', share: 'Share' }],
      ['a reply keyboard', { choices: ['c'], buttons: 'reply' }],
      ['rows', { rows: button }],
      ['a payment', { accept: 'payment' }],
      ['a vote', { accept: 'poll_answer' }],
      ['somebody else', { choices: ['c'], to: { chat: -200 } }],
    ])('is rejected by a question for %s', async (_kind, question) => {
      for (const prompts of ['keep', 'edit'] as const) {
        const form = flow('f', { trigger: '/f', prompts })
          .ask('a', { prompt: () => made, ...question } as never)
          .done(() => {});
        const { anna, world, machine, bot } = play(framework, [form]);
        await anna.sends('/f');
        await anna.in(world.group('Friends', [anna])).sends('/f');
        expect(bot.errors.map(String)).toEqual([
          expect.stringContaining('"f:a prompt'),
          expect.stringContaining('"f:a prompt'),
        ]);
        expect(bot.errors.map(String)).toEqual([
          expect.stringContaining(found),
          expect.stringContaining(found),
        ]);
        expect(world.calls.map(({ payload }) => payload['text'])).toEqual([
          'Something went wrong. Please try again.',
          'Something went wrong. Please try again.',
        ]);
        expect(await machine.at({ user: anna.id }).peek()).toBeUndefined();
      }
    });
  });

  it('is rejected as the result of done, too', async () => {
    const form = flow('f', { trigger: '/f' })
      .ask('a', { prompt: 'A?' })
      .done(() => ({ method: 'sendDice' }) as never);
    const { anna, bot } = play(framework, [form]);
    await anna.sends('/f');
    await anna.sends('x');
    expect(bot.errors.map(String)).toEqual([
      expect.stringContaining('"f message.payload": found undefined'),
    ]);
  });
});

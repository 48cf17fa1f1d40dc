/** Values that plain JavaScript returns by mistake: each is an error that names the handler, and the user reads `failed`. */

import { flow, scene, typed } from '@telefsm/core';
import { telegram } from '@telefsm/testing';
import { describe, expect, it } from 'vitest';
import { type Framework, frameworks } from './frameworks.ts';

async function play(framework: Framework, state: { readonly id: string }) {
  const bot = framework.bot();
  bot.noteErrors();
  bot.fsm({ states: [state] });
  bot.command('enter', ({ fsm }) => fsm.enter(state as never, {} as never));
  const world = telegram(bot.bot);
  const anna = world.user('Anna');
  await anna.sends('/enter');
  return { bot, anna };
}

const odd: readonly (readonly [string, unknown])[] = [
  ['a number', 5],
  ['NaN', Number.NaN],
  ['a boolean', true],
  ['a symbol', Symbol('x')],
  ['a bigint', 1n],
  ['a function', () => 'x'],
];

const named = (option: string) => [{ code: 'INVALID_OPTION', details: { option } }];

describe.each(frameworks)('what a hook gives back by mistake, on %s', (_, framework) => {
  it.each(odd)('a prompt that gives %s is named', async (_name, given) => {
    const form = flow('form')
      .ask('a', { prompt: (() => given) as never })
      .done(() => 'Done.');
    const { bot } = await play(framework, form);
    expect(bot.errors).toMatchObject(named('form:a prompt'));
  });

  it.each(odd)('a done that gives %s is named', async (_name, given) => {
    const form = flow('form')
      .ask('a', { prompt: 'A?' })
      .done((() => given) as never);
    const { bot, anna } = await play(framework, form);
    await anna.sends('x');
    expect(bot.errors).toMatchObject(named('form message'));
    anna.sees('Something went wrong. Please try again.');
  });

  it.each(odd)('an enter hook that gives %s is named', async (_name, given) => {
    const node = scene('node').on({ enter: (() => given) as never, handle: () => undefined });
    const { bot } = await play(framework, node);
    expect(bot.errors).toMatchObject(named('node enter'));
  });

  it.each<readonly [string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['numbers', [1, 2]],
    ['a value without a label', [['a']]],
    ['a label that is a number', { a: 5 }],
    ['a label that is missing', { a: undefined }],
  ])('choices that give %s are named', async (_name, given) => {
    const form = flow('form')
      .ask('a', { prompt: 'A?', choices: (() => given) as never })
      .done(() => 'Done.');
    const { bot } = await play(framework, form);
    expect(bot.errors).toMatchObject(named('form:a choices'));
  });

  it.each(['inline', 'reply'] as const)(
    'a label of an %s keyboard that is a promise is named',
    async (buttons) => {
      const form = flow('form')
        .ask('a', { prompt: 'A?', buttons, choices: { a: (async () => 'A') as never } })
        .done(() => 'Done.');
      const { bot } = await play(framework, form);
      expect(bot.errors).toMatchObject(named('a label of choices'));
    },
  );

  it('a keyboard that is null is none', async () => {
    const form = flow('form')
      .ask('a', { prompt: { text: 'A?', keyboard: null as never } })
      .done(() => 'Done.');
    const { bot, anna } = await play(framework, form);
    anna.sees('A?');
    expect(bot.errors).toEqual([]);
  });

  it.each<readonly [string, unknown]>([
    ['null', null],
    ['a text', 'x'],
    ['an object without a prototype', Object.create(null)],
    [
      'an object that cannot be read',
      {
        toString() {
          throw new Error('no');
        },
      },
    ],
    ['a symbol', Symbol('x')],
  ])('a node whose handler gives %s is named', async (_name, given) => {
    const node = scene('node', { data: typed<object>() }).on({
      enter: () => 'Hi',
      handle: (() => given) as never,
    });
    const { bot, anna } = await play(framework, node);
    await anna.sends('x');
    expect(bot.errors).toMatchObject([{ code: 'INVALID_TRANSITION', details: { scene: 'node' } }]);
  });

  it.each(['goto', 'call'] as const)(
    '%s() to what is undefined, such as a scene of a circular import, is named',
    async (verb) => {
      const node = scene('node').on({
        enter: () => 'Hi',
        handle: (turn) => turn[verb](undefined as never),
      });
      const { bot, anna } = await play(framework, node);
      await anna.sends('x');
      expect(bot.errors).toMatchObject([{ code: 'INVALID_TARGET' }]);
    },
  );
});

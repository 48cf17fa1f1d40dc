/** Mistakes of bot authors: each is an error whose sentence names the fix. */

import { flow, scene } from '@telefsm/core';
import { createMachine } from '@telefsm/core/adapter';
import { telegram } from '@telefsm/testing';
import { describe, expect, it } from 'vitest';
import { frameworks } from './frameworks.ts';

// biome-ignore lint/suspicious/noExplicitAny: what only JavaScript lets through
type Loose = any;
const open = () => flow('open').ask('a', { prompt: 'A?' }) as Loose;

describe('a mistake in a definition', () => {
  it.each<readonly [string, () => unknown, RegExp]>([
    [
      'a case that no choice names',
      () =>
        flow('order')
          .ask('kind', { prompt: '?', choices: ['letter', 'parcel'] })
          .branch('kind', { parcl: (b: Loose) => b.ask('size', { prompt: '?' }) } as Loose),
      /branch\('kind'\)": found the case 'parcl'\. Expected one of its choices: letter, parcel/,
    ],
    [
      'such a case inside a block',
      () =>
        flow('order')
          .ask('kind', { prompt: '?', choices: { letter: 'Letter', parcel: 'Parcel' } })
          .branch(
            () => true,
            (b: Loose) => b.branch('kind', { box: (c: Loose) => c.ask('size', { prompt: '?' }) }),
          ),
      /found the case 'box'\. Expected one of its choices: letter, parcel/,
    ],
    [
      'the promise of a sent message as a prompt',
      () => flow('order').ask('a', { prompt: Promise.resolve({ message_id: 1 }) as Loose }),
      /"order:a prompt": found a promise\. Expected a message, or a function/,
    ],
    [
      'a promise as a summary',
      () => flow('order').confirm({ prompt: Promise.resolve('') as Loose }),
      /"order:confirm prompt": found a promise/,
    ],
    [
      'a hook that is no function',
      () => scene('s').on({ enter: 'Hi' as Loose, handle: () => {} }),
      /Invalid option "s enter": found 'Hi'\. Expected a function/,
    ],
    [
      'several choices without choices',
      () => flow('order').ask('a', { prompt: '?', multiple: true } as Loose),
      /"order:a multiple": found no `choices`\. Expected `choices` beside it/,
    ],
    [
      'fsm, passed to bot.use and not called',
      () => createMachine({ update: {}, match: undefined } as Loose),
      /found the context of an update\. Expected options: write bot\.use\(fsm\(\)\)/,
    ],
    [
      'no question for another round',
      () => flow('order').repeat('a', { each: (b: Loose) => b.ask('b', { prompt: '?' }) } as Loose),
      /Missing option "order:a again"\. Expected a message/,
    ],
    [
      'an unfinished flow that is included',
      () => flow('order').include('a', open()),
      /include\('a'\) was given a flow without `\.done\(…\)`\. Expected a finished flow/,
    ],
    [
      'a node that is included',
      () => flow('order').include('a', scene('s').on({ handle: () => {} }) as Loose),
      /include\('a'\) was given an object\. Expected a finished flow/,
    ],
  ])('%s is an error that names it', (_name, define, sentence) => {
    expect(define).toThrow(sentence);
  });

  it('a case is not checked where an answer may be more than a choice', () => {
    const made = flow('order')
      .ask('kind', { prompt: '?', choices: ['a'], validate: (text) => `${text}!` })
      .branch('kind', { 'a!': (b: Loose) => b.ask('size', { prompt: '?' }) } as Loose);
    expect(made).toBeDefined();
  });
});

describe.each(frameworks)('on %s', (_, framework) => {
  it.each<readonly [string, Loose]>([
    ['enter() of an unfinished flow', open()],
    ['enter() of an unfinished node', scene('s')],
  ])('%s is an error that names the missing call', async (_name, target) => {
    const bot = framework.bot();
    bot.noteErrors();
    bot.fsm();
    bot.use(({ fsm }) => fsm.enter(target));
    await telegram(bot.bot).user('Anna').sends('go');
    expect(bot.errors).toMatchObject([{ code: 'INVALID_TARGET' }]);
    expect(String(bot.errors[0])).toMatch(/without `\.(done|on)\(…\)`/);
  });

  it.each<readonly [string, (sends: Loose) => Loose]>([
    ['a question', (sends) => flow('f', { trigger: '/f' }).ask('a', { prompt: sends })],
    ['a summary', (sends) => flow('f', { trigger: '/f' }).confirm({ prompt: sends })],
    [
      'a question for another round',
      (sends) =>
        flow('f', { trigger: '/f' }).repeat('a', {
          min: 0,
          each: (b) => b.ask('b', { prompt: '?' }),
          again: sends,
        }),
    ],
  ])('a prompt of %s that sends by itself is an error', async (_name, define) => {
    const bot = framework.bot();
    bot.noteErrors();
    const sends = (_: object, turn: Loose) => turn.reply('Sent twice?');
    bot.fsm({ states: [define(sends).done(() => {})] });
    await telegram(bot.bot).user('Anna').sends('/f');
    expect(bot.errors).toMatchObject([{ code: 'INVALID_OPTION' }]);
    expect(String(bot.errors[0])).toContain('found a message that reply() has sent');
  });

  it('a message that an ending sends by itself is sent once', async () => {
    const bot = framework.bot();
    bot.noteErrors();
    const form = flow('f', { trigger: '/f' })
      .ask('a', { prompt: 'A?' })
      .done((_, { reply }) => reply('Done.'), {
        canceled: (_, { reply }) => reply('Stopped.'),
      });
    bot.fsm({ states: [form] });
    const world = telegram(bot.bot);
    const anna = world.user('Anna');
    for (const text of ['/f', '1', '/f', '/cancel']) await anna.sends(text);
    const texts = world.calls.map(({ payload }) => payload['text']);
    expect(texts).toEqual(['A?', 'Done.', 'A?', 'Stopped.']);
    expect(bot.errors).toEqual([]);
  });
});

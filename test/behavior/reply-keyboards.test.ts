/** A reply keyboard that a question has shown is removed with the next message after the question is over. */

import { flow, type OutgoingMessage, scene } from '@telefsm/core';
import { telegram, virtualClock } from '@telefsm/testing';
import { describe, expect, it } from 'vitest';
import { type Framework, frameworks } from './frameworks.ts';
import { storages } from './storages.ts';

const keyboard = { keyboard: [[{ text: 'Yes' }, { text: 'No' }]] };
const shown = { text: 'Sure?', keyboard };

function play(framework: Framework, made: readonly unknown[], more: object = {}) {
  const bot = framework.bot();
  bot.noteErrors();
  const machine = bot.fsm({ states: made, ...more });
  const world = telegram(bot.bot);
  /** What each message did with the keyboard below the chat. */
  const markups = () =>
    world.calls
      .filter(({ method }) => method.startsWith('send') || method === 'deleteMessage')
      .map(({ method, payload }) => {
        const markup = (payload['reply_markup'] ?? {}) as object;
        const [kind = 'plain'] = Object.keys(markup).filter(
          (key) =>
            /keyboard$/.test(key) && key !== 'resize_keyboard' && key !== 'one_time_keyboard',
        );
        return method === 'deleteMessage' ? 'deleted' : kind;
      });
  return { bot, machine, world, markups, anna: world.user('Anna') };
}

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

    it('another process removes what one has shown', async () => {
      const shared = storage();
      const form = flow('f', { trigger: '/f' })
        .ask('a', { prompt: shown })
        .done(() => {});
      const other = flow('g', { trigger: '/g' })
        .ask('a', { prompt: 'G?' })
        .done(() => {});
      const first = play(framework, [form, other], { storage: shared });
      for (const text of ['/f', 'Yes']) await first.anna.sends(text);
      expect(first.markups()).toEqual(['keyboard']);
      const second = framework.bot();
      second.fsm({ states: [form, other], storage: shared });
      const world = telegram(second.bot, { updateId: 1000 });
      await world.user('Anna', { id: first.anna.id }).sends('/g');
      expect(world.calls.map(({ payload }) => payload['reply_markup'])).toEqual([
        { remove_keyboard: true },
      ]);
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

  it('a time-out removes it', async () => {
    const clock = virtualClock();
    const form = flow('f', { trigger: '/f', timeout: '1m' })
      .ask('a', { prompt: shown })
      .done(() => {});
    const { anna, markups, machine } = play(framework, [form], { clock });
    await anna.sends('/f');
    await clock.advance('2m');
    await machine.sweep();
    expect(markups()).toEqual(['keyboard', 'remove_keyboard']);
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

  it('a node removes what another node has shown, and a keyboard of its own replaces it', async () => {
    const End = scene('end').on({ enter: () => 'End?', handle: ({ leave }) => leave() });
    const Middle = scene('middle').on({
      enter: (): OutgoingMessage => shown,
      handle: ({ goto }) => goto(End),
    });
    const Start = scene('start').on({
      enter: (): OutgoingMessage => shown,
      handle: ({ goto }) => goto(Middle),
    });
    const { anna, markups, bot } = play(framework, [Start, Middle, End]);
    bot.command('s', ({ fsm }) => fsm.enter(Start));
    for (const text of ['/s', '1', '2']) await anna.sends(text);
    expect(markups()).toEqual(['keyboard', 'keyboard', 'remove_keyboard']);
  });

  it('a keyboard that done shows is the bot’s menu, and stays', async () => {
    const form = flow('f', { trigger: '/f' })
      .ask('a', { prompt: 'A?' })
      .done(() => shown);
    const { anna, markups } = play(framework, [form]);
    for (const text of ['/f', '1', '/f']) await anna.sends(text);
    expect(markups()).toEqual(['plain', 'keyboard', 'plain']);
  });

  it('in a group it is removed by a reply to its user only', async () => {
    const form = flow('f', { trigger: '/f' })
      .ask('a', { prompt: 'Sure?', choices: ['Yes', 'No'], buttons: 'reply' })
      .done(() => 'Done.');
    const { anna, world } = play(framework, [form]);
    const inGroup = anna.in(world.group('Group'));
    await inGroup.sends('/f');
    await inGroup.sends('Yes');
    expect(world.calls.at(-1)?.payload).toMatchObject({
      text: 'Done.',
      reply_markup: { remove_keyboard: true, selective: true },
      reply_parameters: { allow_sending_without_reply: true },
    });
  });
});

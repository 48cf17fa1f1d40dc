/** Questions in groups: each one replies to the user who is to answer, however it comes to be asked. */

import { flow } from '@telefsm/core';
import { photo, poll, virtualClock } from '@telefsm/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { frameworks } from './frameworks.ts';
import { play } from './play.ts';

/** The chat where the editors are asked. */
const editors = -1_001_000_000_077;

const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

describe.each(frameworks)('in a group on %s', (_, framework) => {
  /** A bot that finds its deadlines, and a forum with two members. */
  async function started(form: unknown, options: object = {}) {
    const clock = virtualClock();
    const played = play(framework, [form], { clock, ...options });
    const { machine, bot, world, anna } = played;
    machine.start(bot.bot as never);
    stops.push(() => machine.stop());
    const ben = world.user('Ben');
    const carl = world.user('Carl').in(world.group('Editors', [], { id: editors }));
    const group = world.group('Friends', [anna, ben]);
    return { ...played, clock, group, carl, ben: ben.in(group), anna: anna.in(group) };
  }

  type Played = Pick<ReturnType<typeof play>, 'world'>;

  /** The number of the message that a user has written last. */
  const lastWritten = ({ world }: Played) => Object(world.updates.at(-1)?.['message']).message_id;

  /** What the last question adds to its text. */
  const addressed = ({ world }: Played) => {
    const { reply_markup, reply_parameters } = world.calls.at(-1)?.payload ?? {};
    const { force_reply, keyboard, selective } = Object(reply_markup);
    const kind = force_reply ? 'force_reply' : keyboard ? 'keyboard' : 'none';
    return [kind, selective, Object(reply_parameters).message_id];
  };

  const next = [
    ['a text', 'force_reply', {}],
    ['a reply keyboard', 'keyboard', { choices: ['x', 'y'], buttons: 'reply' }],
  ] as const;

  it.each(next)(
    'asks for %s after a question that somebody else has answered',
    async (_kind, markup, more) => {
      const form = flow('f', { trigger: '/f' })
        .ask('title', { prompt: 'Title?' })
        .ask('verdict', { prompt: 'Publish?', choices: ['Yes', 'No'], to: { chat: editors } })
        .ask('next', { prompt: 'Next?', ...(more as object) })
        .done(() => 'Done.');
      const played = await started(form);
      const { anna, carl } = played;
      await anna.sends('/f');
      await anna.sends('News');
      const message_id = lastWritten(played);
      await carl.taps('Yes');
      expect(addressed(played)).toEqual([markup, true, message_id]);
    },
  );

  it('forces a reply after a question that was answered in a channel', async () => {
    const form = flow('f', { trigger: '/f' })
      .ask('verdict', { prompt: 'Publish?', choices: ['Yes', 'No'], to: { chat: editors - 1 } })
      .ask('next', { prompt: 'Next?' })
      .done(() => 'Done.');
    const played = await started(form);
    const { anna, ben, world } = played;
    const channel = world.channel('News', { id: editors - 1 });
    await anna.sends('/f');
    await ben.in(channel).taps('Yes');
    expect(addressed(played).slice(0, 2)).toEqual(['force_reply', true]);
  });

  it.each(next)(
    'in a channel, a deadline that asks for %s uses neither',
    async (_kind, _markup, more) => {
      const form = flow('f', { trigger: '/f' })
        .ask('a', { prompt: 'A?', timeout: '30s', onTimeout: () => ({ answer: 'x' }) })
        .ask('next', { prompt: 'Next?', ...(more as object) })
        .done(() => 'Done.');
      const played = await started(form, { strategy: 'chat' });
      await played.world.channel('News').posts('/f');
      await played.clock.advance('31s');
      expect(played.sentTexts()).toEqual(['A?', 'Next?']);
      expect(addressed(played)).toEqual(['none', undefined, undefined]);
      const { keyboard } = Object(played.world.calls.at(-1)?.payload['reply_markup']);
      expect(keyboard).toBeUndefined();
    },
  );

  it.each([
    ['a question', 'keyboard'],
    ['the text of done', 'none'],
  ])("with prompts: 'edit', %s replies to an answer before it is deleted", async (what, markup) => {
    const first = flow('f', { trigger: '/f', prompts: 'edit' }).ask('a', {
      prompt: 'A?',
      ...(markup === 'none' && { choices: ['x'], buttons: 'reply' }),
    });
    const form =
      markup === 'none'
        ? first
        : first.ask('b', { prompt: 'B?', choices: ['y'], buttons: 'reply' });
    const { anna, world } = await started(form.done(() => 'Done.'));
    await anna.sends('/f');
    await anna.sends('x');
    const [sent, deleted] = world.calls.slice(-2);
    expect([what, sent?.method, deleted?.method]).toEqual([what, 'sendMessage', 'deleteMessage']);
    const { message_id } = Object(sent?.payload['reply_parameters']);
    expect(message_id).toBe(deleted?.payload['message_id']);
  });

  it("with prompts: 'edit', a question after a press replies to a message that was not deleted", async () => {
    const form = flow('f', { trigger: '/f', prompts: 'edit' })
      .ask('a', { prompt: 'A?' })
      .ask('b', { prompt: 'B?', choices: ['x'] })
      .ask('c', { prompt: 'C?', choices: ['y'], buttons: 'reply' })
      .done(() => 'Done.');
    const played = await started(form);
    const { anna, world } = played;
    await anna.sends('/f');
    const first = lastWritten(played);
    await anna.sends('x');
    expect(world.calls.at(-1)?.method).toBe('deleteMessage');
    await anna.taps('x');
    expect(world.calls.at(-1)?.payload['text']).toBe('C?');
    expect(addressed(played)).toEqual(['keyboard', true, first]);
  });

  it.each([
    ['chat', { remove_keyboard: true }],
    ['globalUser', undefined],
  ])('under %s, a deadline removes reply keyboards with %j', async (strategy, expected) => {
    const form = flow('f', { trigger: '/f' })
      .ask('a', {
        prompt: 'A?',
        choices: ['x'],
        buttons: 'reply',
        timeout: '30s',
        onTimeout: () => ({ answer: 'x' }),
      })
      .ask('b', { prompt: 'B?', accept: 'button' })
      .done(() => 'Done.');
    const { anna, clock, world } = await started(form, { strategy });
    await anna.sends('/f');
    await clock.advance('31s');
    const { text, reply_markup } = Object(world.calls.at(-1)?.payload);
    expect([text, reply_markup]).toEqual(['B?', expected]);
  });

  const own = {
    method: 'sendPoll',
    payload: { question: 'Lunch?', options: [{ text: 'Soup' }, { text: 'Cake' }] },
  };

  it.each([
    ['a text', 'Your poll?', ['force_reply', []]],
    ['a poll', own, ['none', ['Cancel']]],
    ['a function that returns a text', () => 'Your poll?', ['force_reply', []]],
    ['a function that returns a poll', () => own, ['none', ['Cancel']]],
  ])(
    "accept: 'poll' forces a reply only if the user is to send it: %s",
    async (_kind, prompt, expected) => {
      const form = flow('f', { trigger: '/f', controls: ['cancel'] })
        .ask('a', { prompt, accept: 'poll', otherwise: 'No poll.' } as never)
        .done(() => 'Done.');
      const played = await started(form);
      const { anna, bot } = played;
      const shown = () => [addressed(played)[0], anna.last.buttons.flat()];
      await anna.sends('/f');
      expect(shown()).toEqual(expected);
      await anna.sends('What?');
      anna.sees('No poll.');
      expect(addressed(played)[0]).toBe(expected[0]);
      if (expected[0] === 'none') {
        await anna.taps('Cancel', anna.screen().at(-2));
        anna.sees('Canceled.');
      } else {
        await anna.sends(poll('Dinner?', ['Rice', 'Beans']));
        anna.sees('Done.');
      }
      expect(bot.errors).toEqual([]);
    },
  );

  describe.each([
    ['the general topic', undefined],
    ['a topic', 'Food'],
  ])('in %s', (_where, topic) => {
    describe.each(['userInChat', 'globalUser', 'userInTopic', 'chat', 'chatTopic'] as const)(
      'under %s',
      (strategy) => {
        it.each(next)('a deadline asks for %s', async (_kind, markup, more) => {
          const form = flow('f', { trigger: '/f' })
            .ask('a', { prompt: 'A?', timeout: '30s', onTimeout: () => ({ answer: 'x' }) })
            .ask('next', { prompt: 'Next?', ...(more as object) })
            .done(() => 'Done.');
          const played = await started(form, { strategy });
          const { group, anna, clock, bot } = played;
          await anna.in(topic === undefined ? group : group.topic(topic)).sends('/f');
          const message_id = lastWritten(played);
          await clock.advance('31s');
          expect(played.sentTexts()).toEqual(['A?', 'Next?']);
          expect(addressed(played)).toEqual([markup, true, message_id]);
          expect(bot.errors).toEqual([]);
        });
      },
    );

    it.each(next)('the pause that completes an album asks for %s', async (_kind, markup, more) => {
      const form = flow('f', { trigger: '/f' })
        .ask('a', { prompt: 'A?', accept: { album: 'photo' } })
        .ask('next', { prompt: 'Next?', ...(more as object) })
        .done(() => 'Done.');
      const played = await started(form);
      const { group, anna, clock } = played;
      const there = anna.in(topic === undefined ? group : group.topic(topic));
      await there.sends('/f');
      await there.sends(photo());
      await clock.advance('3s');
      expect(addressed(played).slice(0, 2)).toEqual([markup, true]);
      expect(addressed(played)[2]).toEqual(expect.any(Number));
    });
  });
});

describe.each(frameworks)(
  'a reply keyboard that members of a group share, on %s',
  (_, framework) => {
    /** Ben has the keyboard, and Anna answers the question. */
    async function shared(strategy: unknown, more: object | undefined, options: object = {}) {
      const first = flow('f', { trigger: '/f' }).ask('b', {
        prompt: 'B?',
        choices: ['x', 'y'],
        buttons: 'reply',
        ...options,
      });
      const form = more === undefined ? first : first.ask('c', { prompt: 'C?', ...more });
      const played = play(framework, [form.done(() => 'Done.')], { strategy } as never);
      const { world, anna, bot } = played;
      const ben = world.user('Ben');
      const group = world.group('Friends', [anna, ben]);
      await ben.in(group).sends('/f');
      await anna.in(group).sends('y');
      expect(bot.errors).toEqual([]);
      return world.calls.slice(1).map(({ method, payload }) => {
        const { remove_keyboard, selective } = Object(payload['reply_markup']);
        return remove_keyboard ? ['removed', selective] : [method, payload['text']];
      });
    }

    const apart = [
      ['removed', undefined],
      ['deleteMessage', undefined],
      ['sendMessage', 'C?'],
    ];
    const ofAll = [['removed', undefined]];

    describe.each(['chat', 'chatTopic', ({ chat }: { chat?: number }) => ({ chat })])(
      'under %s',
      (strategy) => {
        it.each([
          ['the text of done', undefined, ofAll],
          ['a question for one button below it', { accept: 'button' }, ofAll],
          ['a question that forces a reply', {}, apart],
          ['another reply keyboard', { choices: ['z'], buttons: 'reply' }, apart],
          ['inline buttons', { choices: ['z'] }, apart],
        ])('is removed from all by %s', async (_what, more, expected) => {
          expect(await shared(strategy, more)).toEqual(expected);
        });
      },
    );
  },
);

/** Keyboards and choices as authors give them, and as users see them. */

import { flow, invalid, type Say, scene } from '@telefsm/core';
import { telegram, virtualClock } from '@telefsm/testing';
import { expect } from 'vitest';
import { play, yesOrNo } from '../play.ts';
import { kept, played, type Table } from './table.ts';

const shown = { text: 'Sure?', keyboard: yesOrNo };

export const keyboards: Table<'F1'> = {
  F1: [
    kept(
      'a reply keyboard that one process has shown is removed by another',
      async ({ framework, storage }) => {
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
      },
    ),
    played('a reply keyboard is removed by a time-out', async ({ framework }) => {
      const clock = virtualClock();
      const form = flow('f', { trigger: '/f', timeout: '1m' })
        .ask('a', { prompt: shown })
        .done(() => {});
      const { anna, markups, machine } = play(framework, [form], { clock });
      await anna.sends('/f');
      await clock.advance('2m');
      await machine.sweep();
      expect(markups()).toEqual(['keyboard', 'remove_keyboard']);
    }),
    played(
      'a node removes what another node has shown, and a keyboard of its own replaces it',
      async ({ framework }) => {
        const End = scene('end').on({ enter: () => 'End?', handle: ({ leave }) => leave() });
        const Middle = scene('middle').on({
          enter: (): Say => shown,
          handle: ({ goto }) => goto(End),
        });
        const Start = scene('start').on({
          enter: (): Say => shown,
          handle: ({ goto }) => goto(Middle),
        });
        const { anna, markups, bot } = play(framework, [Start, Middle, End]);
        bot.command('s', ({ fsm }) => fsm.enter(Start));
        for (const text of ['/s', '1', '2']) await anna.sends(text);
        expect(markups()).toEqual(['keyboard', 'keyboard', 'remove_keyboard']);
      },
    ),
    played('a keyboard that done shows is the bot’s menu, and stays', async ({ framework }) => {
      const form = flow('f', { trigger: '/f' })
        .ask('a', { prompt: 'A?' })
        .done(() => shown);
      const { anna, markups } = play(framework, [form]);
      for (const text of ['/f', '1', '/f']) await anna.sends(text);
      expect(markups()).toEqual(['plain', 'keyboard', 'plain']);
    }),
    played(
      'in a group a reply keyboard is removed by a reply to its user only',
      async ({ framework }) => {
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
      },
    ),
    kept(
      'a reply keyboard is removed with the next message, whichever part of the flow has shown it',
      async ({ framework, storage }) => {
        const no = (text: string) =>
          text === 'no' ? invalid({ text: 'Sure?', keyboard: yesOrNo }) : text;
        const questions: readonly object[] = [
          { prompt: 'Sure?', choices: ['Yes', 'No'], buttons: 'reply' },
          { prompt: shown },
          { prompt: 'Sure?', validate: no },
          { prompt: 'Sure?', accept: 'photo', otherwise: shown },
        ];
        for (const question of questions) {
          const form = flow('f', { trigger: '/f' })
            .ask('a', question as { prompt: string })
            .ask('b', { prompt: 'B?' })
            .done(() => 'Done.');
          const other = flow('g', { trigger: '/g' })
            .ask('a', { prompt: 'G?' })
            .done(() => 'Done.');
          for (const last of ['/cancel', '/g']) {
            const { anna, markups, bot } = play(framework, [form, other], { storage: storage() });
            for (const text of ['/f', 'no', last]) await anna.sends(text);
            expect(markups().filter((kind) => kind === 'remove_keyboard')).toHaveLength(1);
            expect(bot.errors).toEqual([]);
          }
        }
      },
    ),
    played(
      'a reply keyboard that a node sends by reply() stays while the node lasts, and is removed after it',
      async ({ framework }) => {
        const node = scene('node').on({
          enter: () => 'Hi.',
          handle: async ({ input, reply, leave }) => {
            if (input.text === 'end') return leave();
            await reply(input.text === 'keys' ? shown : 'Go on.');
            return undefined;
          },
        });
        const other = flow('g', { trigger: '/g' })
          .ask('a', { prompt: 'G?' })
          .done(() => 'Done.');
        const { anna, markups, bot } = play(framework, [node, other]);
        bot.command('node', ({ fsm }) => fsm.enter(node));
        for (const text of ['/node', 'keys', 'x', 'end', '/g']) await anna.sends(text);
        expect(markups()).toEqual(['plain', 'keyboard', 'plain', 'remove_keyboard']);
      },
    ),
  ],
};

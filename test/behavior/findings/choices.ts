/** Messages and choices as authors give them, and as users see them. */

import { flow, type OutgoingMessage, scene } from '@telefsm/core';
import { telegram } from '@telefsm/testing';
import { expect } from 'vitest';
import { buttonsIn, rowsIn } from '../keyboards.ts';
import { play, yesOrNo } from '../play.ts';
import { kept, once, played, type Table } from './table.ts';

export const choices: Table<'F2' | 'F5'> = {
  F2: [
    once('a message with reply_markup does not compile', () => {
      const reply_markup = { keyboard: [[{ text: 'Yes' }]] };
      // @ts-expect-error it is called keyboard
      flow('a').ask('a', { prompt: { text: 'A?', reply_markup } });
      // @ts-expect-error it is called keyboard
      flow('b').ask('a', { prompt: () => ({ text: 'A?', reply_markup }) });
      const last = flow('c').ask('a', { prompt: 'A?' });
      // @ts-expect-error it is called keyboard
      last.done(() => ({ text: 'Done.', reply_markup }));
      // @ts-expect-error it is called keyboard
      scene('d').on({ enter: () => ({ photo: 'file', reply_markup }), handle: () => {} });
    }),
    played(
      'a message with a member that would be lost is rejected by the name of the member',
      async ({ framework }) => {
        const made: readonly (readonly [member: string, say: object])[] = [
          ['reply_markup', { text: 'A?', reply_markup: yesOrNo }],
          ['link_preview_options', { text: 'A?', link_preview_options: { is_disabled: true } }],
          ['parse_mode', { photo: 'file', caption: '<b>A?</b>', parse_mode: 'HTML' }],
          ['chat_id', { method: 'sendDice', payload: {}, chat_id: 7 }],
        ];
        for (const [member, say] of made) {
          const asks = flow('f', { trigger: '/f' })
            .ask('a', { prompt: () => say as OutgoingMessage })
            .done(() => {});
          const ends = flow('g', { trigger: '/g' })
            .ask('a', { prompt: 'A?' })
            .done(() => say as OutgoingMessage);
          const node = scene('n').on({ enter: () => say as OutgoingMessage, handle: () => {} });
          const { bot, anna } = play(framework, [asks, ends, node]);
          bot.command('n', ({ fsm }) => fsm.enter(node));
          for (const text of ['/f', '/cancel', '/g', 'x', '/n']) await anna.sends(text);
          const named = (where: string) => ({ details: { option: `${where}.${member}` } });
          const all = ['f:a prompt', 'g message', 'n enter'].map(named);
          expect(bot.errors).toMatchObject(all);
        }
      },
    ),
    played(
      'formatted strings of the framework, and a keyboard of its own kind, are sent as they are',
      async ({ framework }) => {
        class Formatted {
          readonly rawText = 'Bold?';
          get text() {
            return this.rawText;
          }
          get entities() {
            return [{ type: 'bold', offset: 0, length: 4 }];
          }
        }
        const form = flow('f', { trigger: '/f' })
          .ask('a', { prompt: () => new Formatted() })
          .ask('b', { prompt: { text: 'B?', keyboard: { reply_markup: yesOrNo } } })
          .done(() => 'Done.');
        const { bot, anna, world, markups } = play(framework, [form]);
        for (const text of ['/f', 'x']) await anna.sends(text);
        expect(world.calls[0]?.payload).toMatchObject({
          text: 'Bold?',
          entities: [{ type: 'bold' }],
        });
        expect(markups()).toEqual(['plain', 'keyboard']);
        expect(bot.errors).toEqual([]);
      },
    ),
  ],
  F5: [
    played(
      'entries are in their order, as many in a row as there are columns',
      async ({ framework }) => {
        const { bot, fsm } = framework.bot();
        const rate = flow('rate', { trigger: '/rate' })
          .ask('stars', {
            prompt: 'Stars?',
            choices: [
              ['5', 'Best of all the meetups'],
              ['4', ({ from }) => `Good, ${from?.first_name}`],
              ['1', 'Worst'],
            ],
            columns: 2,
          })
          .done(({ stars }) => stars);
        fsm({ states: [rate] });
        const chat = telegram(bot);
        const anna = chat.user('Anna');
        await anna.sends('/rate');
        expect(rowsIn(chat.calls)).toEqual([['Best of all the meetups', 'Good, Anna'], ['Worst']]);
        await anna.sends('good, anna');
        anna.sees('4');
      },
    ),
    kept(
      'a typed label answers as its tap does, and Edit and /back in it lose no answer',
      async ({ framework, storage }) => {
        const form = flow('f', { trigger: '/f', back: true })
          .ask('drink', { prompt: 'Drink?', choices: { t: 'Tea', c: 'Cocoa' } })
          .confirm({ prompt: ({ drink }) => `A ${drink}?`, edit: true })
          .done(({ drink }) => `${drink}.`);
        const { bot, anna } = play(framework, [form], { storage: storage() });
        for (const answers of [
          () => anna.sends('Tea'),
          () => anna.taps('Tea'),
          () => anna.sends(' tEA '),
        ]) {
          await anna.sends('/f');
          await answers();
          anna.sees('A t?');
        }
        for (const back of ['Keep as it is', '/back']) {
          await anna.sends('Edit');
          await anna.sends(back);
          anna.sees('A t?');
        }
        await anna.sends('Yes');
        anna.sees('t.');
        expect(bot.errors).toEqual([]);
      },
    ),
    played(
      'choices of a reply keyboard are in as many columns as the question says, in their order',
      async ({ framework }) => {
        const form = flow('f', { trigger: '/f' })
          .ask('n', {
            prompt: 'How many?',
            choices: [
              ['9', 'Nine'],
              ['1', 'One'],
              ['5', 'Five'],
            ],
            buttons: 'reply',
            columns: 2,
          })
          .done(({ n }) => `${n}.`);
        const { anna, world } = play(framework, [form]);
        await anna.sends('/f');
        expect(rowsIn(world.calls)).toEqual([['Nine', 'One'], ['Five']]);
        await anna.sends('Five');
        anna.sees('5.');
        expect(buttonsIn(world.calls.slice(-1))).toEqual([]);
      },
    ),
  ],
};

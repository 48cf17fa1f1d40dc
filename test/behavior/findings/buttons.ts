/** Only buttons that the pending question offers count, and no two of them are the same. */

import { flow } from '@telefsm/core';
import { expect } from 'vitest';
import { dataOf, play } from '../play.ts';
import { once, played, type Table } from './table.ts';

const stale = 'This button is no longer in use.';
const many = Array.from({ length: 45 }, (_, at) => `Choice ${at}`);

export const buttons: Table<'P10' | 'P11'> = {
  P10: [
    played(
      'a button of the pending question below a message that does not show it is stale',
      async ({ framework }) => {
        const pick = flow('pick', { trigger: '/pick' })
          .ask('one', { prompt: 'Which?', choices: many })
          .done(({ one }) => `${one}.`);
        const { anna, world, forges } = play(framework, [pick]);
        const group = world.group('Friends');
        const there = anna.in(group);
        const boris = world.user('Boris').in(group);
        await boris.sends('/pick');
        const theirs = boris.last;
        await there.sends('/pick');
        const more = dataOf(there.last, 'More »');
        const before = world.calls.length;
        expect(await forges(anna, more, theirs)).toBe(stale);
        const { reply_markup: _, ...bare } = theirs.message;
        expect(await forges(anna, more, { ...theirs, message: bare as never })).toBe(stale);
        const edits = world.calls.slice(before).filter(({ method }) => method.startsWith('edit'));
        expect(edits).toEqual([]);
        await there.taps('More »');
        await there.taps('Choice 30');
        there.sees('Choice 30.');
      },
    ),
    played(
      'a press of restart, cancel, back or skip that is not offered is stale, and counts as no guess',
      async ({ framework }) => {
        const form = flow('form', { trigger: '/form', onTrigger: 'refuse', attempts: 3 })
          .ask('pin', { prompt: 'PIN?', choices: ['x', 'y'] })
          .done(() => 'Done.');
        const { anna, machine, forges, bot } = play(framework, [form]);
        await anna.sends('/form');
        const before = await machine.at({ user: anna.id }).peek();
        const data = dataOf(anna.last, 'x');
        for (const action of ['n', 'k', 'x', 'b', 's', 'd', 'p=1', 'e=a', 'c=none']) {
          const forged = data.replace(/^(~[^.]*\.[^.]*\.[^.]*\.).*$/s, `$1${action}`);
          expect(await forges(anna, forged, anna.last)).toBe(stale);
        }
        expect(await machine.at({ user: anna.id }).peek()).toEqual(before);
        expect(bot.errors).toEqual([]);
      },
    ),
  ],
  P11: [
    played('long choices whose hashes are equal are distinguished', async ({ framework }) => {
      const [one, other] = collision();
      const pick = flow('pick', { trigger: '/pick' })
        .ask('one', { prompt: 'Which?', choices: { [one]: 'One', [other]: 'Other' } })
        .done((a) => (a.one === other ? 'The other.' : 'The one.'));
      const { anna } = play(framework, [pick]);
      await anna.sends('/pick');
      await anna.taps('Other');
      anna.sees('The other.');
      await anna.sends('/pick');
      await anna.taps('One');
      anna.sees('The one.');
    }),
    played(
      'choices with one label on a reply keyboard are distinguished',
      async ({ framework }) => {
        const pick = flow('pick', { trigger: '/pick' })
          .ask('who', {
            prompt: 'Who?',
            choices: { 7: 'Anna', 8: 'Anna', 9: 'Boris' },
            buttons: 'reply',
          })
          .done(({ who }) => `${who}.`);
        const { anna } = play(framework, [pick]);
        await anna.sends('/pick');
        await anna.taps('Anna (2)');
        anna.sees('8.');
      },
    ),
    once('a fixed list that has a choice twice is rejected when it is made', () => {
      const make = () => flow('pick').ask('one', { prompt: 'Which?', choices: ['a', 'b', 'a'] });
      expect(make).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
    }),
    played(
      'a typed label counts as the tap, whatever the question takes besides',
      async ({ framework }) => {
        const form = flow('form', { trigger: '/form', controls: ['back', 'cancel'], back: true })
          .ask('drink', { prompt: 'Drink?', choices: { t: 'Tea', c: 'Cake' }, accept: 'text' })
          .ask('some', { prompt: 'Some?', choices: { a: 'Aa', b: 'Bb' }, multiple: true })
          .ask('note', { prompt: 'Note?', optional: true })
          .repeat('more', { each: (b) => b.ask('x', { prompt: 'X?' }), again: 'Again?' })
          .confirm({ prompt: 'Right?', edit: true })
          .done(({ drink, some, note }) => JSON.stringify([drink, some, note]));
        const { anna } = play(framework, [form]);
        for (const text of [
          '/form',
          'Cake',
          '« Back',
          'Tea',
          'Aa',
          'Bb',
          'Aa',
          'Done',
          'Skip',
          'x',
        ])
          await anna.sends(text);
        anna.sees('Again?');
        await anna.sends('No');
        anna.sees('Right?');
        await anna.sends('Yes');
        anna.sees('["t",["b"],null]');
      },
    ),
    played(
      'two inline choices with one label, and a choice named like a control, are distinguished',
      async ({ framework }) => {
        const pick = flow('pick', { trigger: '/pick', controls: ['cancel'] })
          .ask('who', { prompt: 'Who?', choices: { 7: 'Anna', 8: 'Anna', none: 'Cancel' } })
          .done(({ who }) => `${who}.`);
        const { anna } = play(framework, [pick]);
        for (const [text, answer] of [
          ['Anna', '7.'],
          ['Anna (2)', '8.'],
          ['Cancel (2)', 'none.'],
          ['Cancel', 'Canceled.'],
        ] as const) {
          await anna.sends('/pick');
          await anna.taps(text);
          anna.sees(answer);
          await anna.sends('/pick');
          await anna.sends(text);
          anna.sees(answer);
        }
      },
    ),
    played('two answers to correct with one label are distinguished', async ({ framework }) => {
      const form = flow('form', { trigger: '/form' })
        .ask('gift_wrap', { prompt: 'Wrap?' })
        .ask('giftWrap', { prompt: 'How?' })
        .confirm({ prompt: 'Right?', edit: true })
        .done(() => 'Done.');
      const { anna } = play(framework, [form]);
      for (const text of ['/form', 'yes', 'red', 'Edit']) await anna.sends(text);
      await anna.taps('Gift wrap (2)');
      anna.sees('How?');
    }),
  ],
};

/** Two texts longer than a button's data whose hashes are equal, read from either end: palindromes. */
function collision(): readonly [string, string] {
  const seen = new Map<number, string>();
  for (let at = 0; ; at++) {
    const half = `${'choice '.repeat(4)}${at}`;
    const text = half + [...half].reverse().join('');
    let hash = 0x811c9dc5;
    for (let unit = 0; unit < text.length; unit++)
      hash = Math.imul(hash ^ text.charCodeAt(unit), 0x01000193);
    const other = seen.get(hash >>> 0);
    if (other !== undefined) return [other, text];
    seen.set(hash >>> 0, text);
  }
}

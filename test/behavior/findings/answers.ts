/** Input that cannot be kept is an invalid answer: the user reads why, and everything else is as before. */

import { commandTree } from '@telefsm/commands';
import { flow, scene, typed } from '@telefsm/core';
import { expect } from 'vitest';
import { play } from '../play.ts';
import { kept, once, played, type Table } from './table.ts';

const invalidText = 'That is not a valid answer. Please try again.';
const tooLong = 'That is too long. Please send something shorter.';
const long = 'x'.repeat(4096);

export const answers: Table<'P7' | 'P9'> = {
  P7: [
    kept(
      'an answer that makes the record too large is rejected, and the flow continues',
      async ({ framework, storage }) => {
        const form = flow('form', { trigger: '/form' })
          .repeat('parts', { each: (b) => b.ask('a', { prompt: 'A?' }), again: 'More?' })
          .done(({ parts }) => `${parts.length} parts.`);
        const { bot, machine, anna, rejected } = play(framework, [form], {
          storage: storage(),
          maxRecordBytes: 20_000,
        });
        await anna.sends('/form');
        let rounds = 0;
        for (; rejected.length === 0; rounds++) {
          expect(rounds).toBeLessThan(10);
          await anna.sends(long);
          if (rejected.length === 0) await anna.taps('Yes');
        }
        anna.sees(tooLong);
        expect(rejected).toEqual(['RECORD_TOO_LARGE']);
        expect(await machine.at({ user: anna.id }).peek()).toMatchObject({
          current: 'form.parts:a',
        });
        await anna.sends('short');
        await anna.taps('No');
        anna.sees(`${rounds} parts.`);
        expect(bot.errors).toEqual([]);
      },
    ),
    kept(
      'input that makes the data of a node too large, or no JSON, is rejected with a message',
      async ({ framework, storage }) => {
        const notes = scene('notes', { data: typed<{ texts: readonly string[]; n: number }>() }).on(
          {
            enter: ({ data }) => `${data.texts.length} notes`,
            handle: ({ data, input, again, stay }) => {
              if (input.text === 'number') return stay({ n: Number('five') });
              return input.text === 'stay'
                ? stay({ texts: [...data.texts, 'y'.repeat(30_000)] })
                : again({ texts: [...data.texts, input.text] });
            },
          },
        );
        const { bot, machine, anna, rejected } = play(framework, [notes], {
          storage: storage(),
          maxRecordBytes: 20_000,
        });
        bot.command('notes', ({ fsm }) => fsm.enter(notes, { texts: [], n: 0 }));
        await anna.sends('/notes');
        await anna.sends('number');
        anna.sees(invalidText);
        await anna.sends('stay');
        anna.sees(tooLong);
        for (let at = 0; at < 8; at++) await anna.sends(long);
        anna.sees(tooLong);
        expect(new Set(rejected)).toEqual(new Set(['DATA_NOT_JSON', 'RECORD_TOO_LARGE']));
        const { data } = (await machine.at({ user: anna.id }).peek()) ?? {};
        expect(data).toMatchObject({ n: 0, texts: [long, long, long, long] });
        expect(bot.errors).toEqual([]);
      },
    ),
    played('a repeat without a max ends after 100 rounds', async ({ framework }) => {
      const form = flow('form', { trigger: '/form' })
        .repeat('parts', { each: (b) => b.ask('a', { prompt: 'A?' }), again: 'More?' })
        .done(({ parts }) => `${parts.length} parts.`);
      const { anna } = play(framework, [form]);
      await anna.sends('/form');
      for (let round = 1; round < 100; round++) {
        await anna.sends('x');
        await anna.taps('Yes');
      }
      await anna.sends('x');
      anna.sees('100 parts.');
    }),
    played(
      'a text longer than maxLength is rejected, by default one that no message can hold',
      async ({ framework }) => {
        const form = flow('form', { trigger: '/form' })
          .ask('name', { prompt: 'Name?', maxLength: 3 })
          .done(({ name }) => `Hello, ${name}!`);
        const { anna } = play(framework, [form]);
        await anna.sends('/form');
        await anna.sends('Anna');
        anna.sees(tooLong);
        await anna.sends('Ann');
        anna.sees('Hello, Ann!');
      },
    ),
    kept(
      'a flag of a command tree that is NaN or too large is an invalid line',
      async ({ framework, storage }) => {
        const tree = commandTree('tree');
        tree.root
          .flag('n', 0)
          .flag('note', '')
          .command('set')
          .action(({ rest, setFlag }) => setFlag('n', Number(rest[0])));
        tree.root.command('note').action(({ setFlag, say }) => {
          setFlag('note' as never, 'x'.repeat(30_000) as never);
          say('Noted.');
        });
        const { bot, machine, anna, rejected } = play(framework, [tree], {
          storage: storage(),
          maxRecordBytes: 20_000,
        });
        bot.command('tree', ({ fsm }) => fsm.enter(tree));
        await anna.sends('/tree');
        await anna.sends('set five');
        anna.sees(invalidText);
        await anna.sends('note');
        anna.sees(tooLong);
        expect([rejected, bot.errors]).toEqual([['DATA_NOT_JSON', 'RECORD_TOO_LARGE'], []]);
        expect(await machine.at({ user: anna.id }).peek()).toMatchObject({ current: 'tree:root' });
      },
    ),
  ],
  P9: [
    played(
      'such an answer counts as an attempt, and reads as the question says',
      async ({ framework }) => {
        const form = flow('form', { trigger: '/form' })
          .ask('n', {
            prompt: 'How many?',
            validate: Number,
            attempts: 2,
            otherwise: 'A number, please.',
          })
          .done(({ n }) => `${n}.`);
        const { bot, anna } = play(framework, [form]);
        await anna.sends('/form');
        await anna.sends('five');
        anna.sees('A number, please.');
        await anna.sends('six');
        anna.sees('Too many attempts. Please start again.');
        expect(bot.errors).toEqual([]);
      },
    ),
    played(
      'a picker, an album and a round with such a value are rejected too',
      async ({ framework }) => {
        const form = flow('form', { trigger: '/form' })
          .repeat('parts', {
            each: (b) =>
              b.ask('n', {
                prompt: 'N?',
                accept: (input) => (input.kind === 'text' ? Number(input.text) : undefined),
              }),
            again: 'More?',
            max: 1,
          })
          .done(({ parts }) => `${parts.length} part.`);
        const { bot, anna } = play(framework, [form]);
        await anna.sends('/form');
        await anna.sends('five');
        anna.sees(invalidText);
        await anna.sends('5');
        anna.sees('1 part.');
        expect(bot.errors).toEqual([]);
      },
    ),
    played(
      'a number that is none, a boolean and a forgotten return are invalid answers',
      async ({ framework }) => {
        const checks: readonly ((text: string) => unknown)[] = [
          Number,
          (text) => text.length > 0,
          () => false,
          () => {},
        ];
        for (const validate of checks) {
          const form = flow('form', { trigger: '/form' })
            .ask('n', { prompt: 'How many?', validate: validate as () => 1 })
            .done(() => 'Done.');
          const { bot, machine, anna } = play(framework, [form]);
          await anna.sends('/form');
          await anna.sends('five');
          anna.sees(invalidText);
          expect((await machine.at({ user: anna.id }).peek())?.current).toBe('form:n');
          expect(bot.errors).toEqual([]);
        }
      },
    ),
    once('a validate that gives a boolean or nothing does not compile', () => {
      // @ts-expect-error a test is no answer
      flow('a').ask('name', { prompt: 'Name?', validate: (text) => text.length > 3 });
      // @ts-expect-error a return is missing
      flow('b').ask('name', { prompt: 'Name?', validate: (text) => void text.trim() });
      flow('c').ask('name', { prompt: 'Name?', validate: (text) => text.trim() });
    }),
  ],
};

import { flow, invalid, scene, typed } from '@telefsm/core';
import { telegram } from '@telefsm/testing';
import { describe, expect, it } from 'vitest';
import { type Framework, frameworks, type Options } from './frameworks.ts';
import { storages } from './storages.ts';

const invalidText = 'That is not a valid answer. Please try again.';
const tooLong = 'That is too long. Please send less.';
const long = 'x'.repeat(4096);

function play(framework: Framework, states: readonly unknown[], options: Options = {}) {
  const bot = framework.bot();
  bot.noteErrors();
  const refused: (string | undefined)[] = [];
  const machine = bot.fsm({ states, ...options });
  machine.observe('inputRefused', ({ error }) =>
    refused.push((error as { readonly code?: string }).code),
  );
  const world = telegram(bot.bot);
  return { bot, machine, world, refused, anna: world.user('Anna') };
}

/** Answers of `validate` that no bot can store, as plain JavaScript may give them. */
const unusable: readonly (readonly [name: string, validate: (text: string) => unknown])[] = [
  ['NaN', Number],
  ['true', (text) => text.length > 0],
  ['false', (text) => text.length > 99],
  ['nothing', () => {}],
  ['a promise of nothing', async () => {}],
  ['a Date', () => new Date(0)],
  ['a Map', () => new Map()],
  ['a bigint', () => 1n],
  ['an object with NaN inside', () => ({ deep: [Number.NaN] })],
];

describe.each(frameworks)('input that cannot be kept, on %s', (_, framework) => {
  it.each(unusable)(
    'a validate that gives %s rejects the answer with a message',
    async (_name, validate) => {
      const form = flow('form', { trigger: '/form' })
        .ask('n', { prompt: 'How many?', validate: validate as () => 1 })
        .done(() => 'Done.');
      const { bot, anna } = play(framework, [form]);
      await anna.sends('/form');
      await anna.sends('five');
      anna.sees(invalidText);
      await anna.sends('/cancel');
      anna.sees('Canceled.');
      expect(bot.errors).toEqual([]);
    },
  );

  it('such an answer counts as an attempt, and reads as the question says', async () => {
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
  });

  it('a picker, an album and a round with such a value are rejected too', async () => {
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
  });

  it('a text longer than maxLength is rejected, by default one that no message can hold', async () => {
    const form = flow('form', { trigger: '/form' })
      .ask('name', { prompt: 'Name?', maxLength: 3 })
      .done(({ name }) => `Hello, ${name}!`);
    const { anna } = play(framework, [form]);
    await anna.sends('/form');
    await anna.sends('Anna');
    anna.sees(tooLong);
    await anna.sends('Ann');
    anna.sees('Hello, Ann!');
  });

  it('a repeat without a max ends after 100 rounds', async () => {
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
  });

  describe.each(storages)('with %s', (__, storage) => {
    it('an answer that makes the record too large is rejected, and the flow continues', async () => {
      const form = flow('form', { trigger: '/form' })
        .repeat('parts', { each: (b) => b.ask('a', { prompt: 'A?' }), again: 'More?' })
        .done(({ parts }) => `${parts.length} parts.`);
      const { bot, machine, anna, refused } = play(framework, [form], {
        storage: storage(),
        maxRecordBytes: 20_000,
      });
      await anna.sends('/form');
      let rounds = 0;
      for (; refused.length === 0; rounds++) {
        expect(rounds).toBeLessThan(10);
        await anna.sends(long);
        if (refused.length === 0) await anna.taps('Yes');
      }
      anna.sees(tooLong);
      expect(refused).toEqual(['RECORD_TOO_LARGE']);
      expect(await machine.at({ user: anna.id }).peek()).toMatchObject({ current: 'form.parts:a' });
      await anna.sends('short');
      await anna.taps('No');
      anna.sees(`${rounds} parts.`);
      expect(bot.errors).toEqual([]);
    });

    it('input that makes the data of a node too large, or no JSON, is rejected with a message', async () => {
      const notes = scene('notes', { data: typed<{ texts: readonly string[]; n: number }>() }).on({
        enter: ({ data }) => `${data.texts.length} notes`,
        handle: ({ data, input, again, stay }) => {
          if (input.text === 'number') return stay({ n: Number('five') });
          return input.text === 'stay'
            ? stay({ texts: [...data.texts, 'y'.repeat(30_000)] })
            : again({ texts: [...data.texts, input.text] });
        },
      });
      const { bot, machine, anna, refused } = play(framework, [notes], {
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
      expect(new Set(refused)).toEqual(new Set(['DATA_NOT_JSON', 'RECORD_TOO_LARGE']));
      const { data } = (await machine.at({ user: anna.id }).peek()) ?? {};
      expect(data).toMatchObject({ n: 0, texts: [long, long, long, long] });
      expect(bot.errors).toEqual([]);
    });
  });

  it('what a bot’s own handler stores in the same way is an error of the bot', async () => {
    const { bot, anna } = play(framework, []);
    bot.use(({ fsm }) => {
      fsm.update({ n: Number.NaN });
    });
    await anna.sends('five');
    expect(bot.errors).toMatchObject([{ code: 'DATA_NOT_JSON' }]);
  });

  it('a button whose answer cannot be kept is answered by a window', async () => {
    const form = flow('form', { trigger: '/form' })
      .ask('n', {
        prompt: 'How many?',
        choices: ['some', 'none'],
        validate: (choice) => (choice === 'some' ? Number('five') : invalid('Some, please.')),
      })
      .done(() => 'Done.');
    const { bot, anna } = play(framework, [form]);
    await anna.sends('/form');
    expect(await anna.taps('some')).toMatchObject({ alert: invalidText });
    expect(bot.errors).toEqual([]);
  });
});

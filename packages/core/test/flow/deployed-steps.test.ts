/** Deploys that keep the names of steps and change what they are, and that rename steps within others. */

import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { flow } from '../../src/index.ts';
import { chat } from './chat.ts';

// biome-ignore lint/suspicious/noExplicitAny: the steps are data, so the compiler cannot follow them
type Builder = any;
type Build = (b: Builder) => Builder;

const form = (build: Build) =>
  build(flow('form', { trigger: '/form', back: true })).done((answers: object) =>
    JSON.stringify(answers),
  );

/** What the bot says; between the two lists of texts it is deployed. Labels are typed. */
async function deployed(before: Build, texts: readonly string[], after: Build, then: string[]) {
  const bot = chat([form(before)]);
  const ann = bot.user(1);
  for (const text of ['/form', ...texts]) await ann.sends(text);
  bot.newTexts();
  bot.deploys([form(after)]);
  for (const text of then) await ann.sends(text);
  return bot.newTexts();
}

/** A step, texts that answer it, and what it has asked. */
interface Kind {
  readonly step: Build;
  readonly texts: readonly string[];
  readonly asks: readonly string[];
  readonly answer: unknown;
}

const kinds: { readonly [name: string]: Kind } = {
  'a text': {
    step: (b) => b.ask('it', { prompt: 'It?' }),
    texts: ['t'],
    asks: ['It?'],
    answer: 't',
  },
  'several choices': {
    step: (b) => b.ask('it', { prompt: 'Which?', choices: ['a', 'b'], multiple: true }),
    texts: ['a', 'Done'],
    asks: ['Which?', 'Which?'],
    answer: ['a'],
  },
  'a number': {
    step: (b) => b.ask('it', { prompt: 'Number?', accept: 'number' }),
    texts: ['5'],
    asks: ['Number?'],
    answer: 5,
  },
  'a repeat': {
    step: (b) =>
      b.repeat('it', {
        each: (round: Builder) => round.ask('who', { prompt: 'Who?' }),
        again: 'More?',
        min: 1,
        max: 2,
      }),
    texts: ['w', 'No'],
    asks: ['Who?', 'More?'],
    answer: [{ who: 'w' }],
  },
  'an included flow': {
    step: (b) =>
      b.include(
        'it',
        flow('inner')
          .ask('who', { prompt: 'X?' })
          .done(() => {}),
      ),
    texts: ['x'],
    asks: ['X?'],
    answer: { who: 'x' },
  },
  'made questions': {
    step: (b) => b.questions('it', () => [{ name: 'who', prompt: 'Q?' }]),
    texts: ['q'],
    asks: ['Q?'],
    answer: { who: 'q' },
  },
  'a summary': {
    step: (b) => b.confirm({ name: 'it', prompt: 'Sure?' }),
    texts: ['Yes'],
    asks: ['Sure?'],
    answer: undefined,
  },
};

const pairs = Object.keys(kinds).flatMap((from) =>
  Object.keys(kinds)
    // the answers of made questions and of included flows have one shape, and are kept
    .filter((to) => to !== from && !(from === 'an included flow' && to === 'made questions'))
    .filter((to) => !(from === 'made questions' && to === 'an included flow'))
    .map((to) => [from, to] as const),
);

describe('a deploy that makes another kind of step of one that is answered', () => {
  it.each(pairs)('asks again after %s → %s', async (from, to) => {
    const [one, other] = [kinds[from] as Kind, kinds[to] as Kind];
    const last: Build = (b) => b.ask('z', { prompt: 'Z?' });
    const said = await deployed(
      (b) => last(one.step(b)),
      one.texts,
      (b) => last(other.step(b)),
      ['early', ...other.texts, 'late'],
    );
    // a text answers the question that was asked last, unless the new code has put another question before it
    const { answer, asks } = other;
    const isQuestion = ['a text', 'several choices', 'a number'].includes(to);
    const isTaken = isQuestion
      ? from !== 'a summary'
      : from === 'several choices' && to === 'a repeat';
    expect(said.slice(0, isTaken ? -1 : -2)).toEqual(asks);
    expect(JSON.parse(said.at(-1) ?? '')).toEqual({
      ...(answer !== undefined && { it: answer }),
      z: isTaken ? 'early' : 'late',
    });
  });
});

describe('a deploy that makes a step stricter', () => {
  it('asks a question that was skipped and is mandatory now', async () => {
    const said = await deployed(
      (b) => b.ask('note', { prompt: 'Note?', optional: true }).ask('z', { prompt: 'Z?' }),
      ['/skip'],
      (b) => b.ask('note', { prompt: 'Note?' }).ask('z', { prompt: 'Z?' }),
      ['early', 'n', 'late'],
    );
    expect(said).toEqual(['Note?', 'Z?', '{"note":"n","z":"late"}']);
  });

  it('asks for the rounds that are missing since there are to be more', async () => {
    const guests =
      (min: number): Build =>
      (b) =>
        b
          .repeat('guests', {
            each: (guest: Builder) => guest.ask('who', { prompt: 'Who?' }),
            again: 'More?',
            min,
          })
          .ask('z', { prompt: 'Z?' });
    expect(
      await deployed(guests(1), ['Ann', 'No'], guests(2), ['early', 'Ben', 'No', 'late']),
    ).toEqual(['Who?', 'More?', 'Z?', '{"guests":[{"who":"Ann"},{"who":"Ben"}],"z":"late"}']);
    expect(await deployed(guests(0), ['No'], guests(1), ['early', 'Ben', 'No', 'late'])).toEqual([
      'Who?',
      'More?',
      'Z?',
      '{"guests":[{"who":"Ben"}],"z":"late"}',
    ]);
  });

  it.each([
    ['contact', 'location', { contact: { phone_number: '1', first_name: 'A' } }],
    ['photo', 'document', { photo: [{ file_id: 'p', file_unique_id: 'p', width: 1, height: 1 }] }],
    ['location', 'photo', { location: { latitude: 1, longitude: 2 } }],
    ['location', ['photo', 'contact'], { location: { latitude: 1, longitude: 2 } }],
    ['location', 'any', { location: { latitude: 1, longitude: 2 } }],
    ['location', { album: 'photo' }, { location: { latitude: 1, longitude: 2 } }],
    [['location', 'photo'], 'location', { location: { latitude: 1, longitude: 2 } }],
    [['location', 'photo'], ['contact'], { location: { latitude: 1, longitude: 2 } }],
    ['any', 'text', { location: { latitude: 1, longitude: 2 } }],
  ])('asks for another kind of input: %j becomes %j', async (from, to, message) => {
    const asking =
      (accept: unknown): Build =>
      (b) =>
        b.ask('it', { prompt: 'It?', accept }).ask('z', { prompt: 'Z?' });
    const bot = chat([form(asking(from))]);
    const ann = bot.user(1);
    await ann.sends('/form');
    await ann.sendsMessage(message);
    bot.deploys([form(asking(to))]);
    await ann.sends('early');
    expect(bot.newTexts()).toEqual(['It?', 'Z?', 'It?']);
  });

  it.each([
    ['location', 'location', { location: { latitude: 1, longitude: 2 } }],
    [['location', 'photo'], ['contact', 'location'], { location: { latitude: 1, longitude: 2 } }],
    [['location', 'photo'], 'any', { location: { latitude: 1, longitude: 2 } }],
    ['contact', 'contact', { contact: { phone_number: '1', first_name: 'A' } }],
    ['photo', 'photo', { photo: [{ file_id: 'p', file_unique_id: 'p', width: 1, height: 1 }] }],
    ['voice', 'audio', { voice: { file_id: 'v', file_unique_id: 'v' } }],
    ['text', ['text', 'photo'], undefined],
  ])('keeps what is accepted now, too: %j becomes %j', async (from, to, message) => {
    const asking =
      (accept: unknown, last: string): Build =>
      (b) =>
        b
          .ask('it', { prompt: 'It?', accept })
          .ask('z', { prompt: 'Z?' })
          .ask(last, { prompt: 'Last?' });
    const bot = chat([form(asking(from, 'last'))]);
    const ann = bot.user(1);
    await ann.sends('/form');
    if (message === undefined) await ann.sends('t');
    else await ann.sendsMessage(message);
    bot.deploys([form(asking(to, 'end'))]);
    await ann.sends('z');
    // of several kinds, the value has its kind beside it
    const isKept = message !== undefined;
    expect(bot.newTexts()).toEqual(['It?', 'Z?', isKept ? 'Last?' : 'It?']);
  });
});

describe('a deploy that leaves a schema as it was', () => {
  it('leaves what the schema has made, also if it would make something else of that', async () => {
    const names = new Map([['de', 'Germany']]);
    const country = z.string().transform((code) => names.get(code) ?? null);
    const asking =
      (last: string): Build =>
      (b) =>
        b.ask('it', { prompt: 'It?', schema: country }).ask(last, { prompt: 'Last?' });
    const said = await deployed(asking('y'), ['de'], asking('z'), ['early', 'late']);
    expect(said.at(-1)).toContain('"it":"Germany"');
  });

  it.each([
    ['a number', z.coerce.number(), '5', 5],
    ['a number of a text', z.string().transform(Number), '5', 5],
    ['a truth value', z.stringbool(), 'yes', true],
  ])('converts a text by a schema that is new: %s', async (_name, schema, text, value) => {
    const asking =
      (more: object): Build =>
      (b) =>
        b.ask('it', { prompt: 'It?', ...more }).ask('z', { prompt: 'Z?' });
    const said = await deployed(asking({}), [text], asking({ schema }), ['late']);
    expect(said).toEqual([JSON.stringify({ it: value, z: 'late' })]);
  });

  it.each([
    ['a list', z.string().transform((text) => text.split(',')), 'a,b'],
    ['what cannot be stored', z.coerce.bigint(), '5'],
    ['an endless number', z.string().transform(() => Number.POSITIVE_INFINITY), '5'],
    ['another number each time', z.string().transform((text) => text.length), 'abc'],
  ])('asks again where a new schema makes of it %s', async (_name, schema, text) => {
    const asking =
      (more: object): Build =>
      (b) =>
        b.ask('it', { prompt: 'It?', ...more }).ask('z', { prompt: 'Z?' });
    expect(await deployed(asking({}), [text], asking({ schema }), ['late'])).toEqual(['It?']);
  });

  it('reads a stored null where a step within it was renamed', async () => {
    const nothing = z.string().transform(() => null);
    const said = await deployed(
      (b) => b.ask('it', { prompt: 'It?', schema: nothing }).ask('z', { prompt: 'Z?' }),
      ['x'],
      (b) =>
        b
          .include(
            'it',
            flow('inner')
              .ask('who', { prompt: 'Who?', was: 'name' })
              .done(() => {}),
          )
          .ask('z', { prompt: 'Z?' }),
      ['early', 'Ann', 'late'],
    );
    expect(said).toEqual(['Who?', 'Z?', '{"it":{"who":"Ann"},"z":"late"}']);
  });
});

describe('a deploy that renames steps within others', () => {
  /** @param names - of two questions of an included flow, and two of a round */
  const nested =
    (...names: readonly string[]): Build =>
    (b) => {
      const [city, street, who, age] = names.map((each) => each.split('<'));
      const asking = (inner: Builder, [name = '', was]: readonly string[] = []): Builder =>
        inner.ask(name, { prompt: `${name}?`, ...(was !== undefined && { was }) });
      return b
        .include(
          'home',
          asking(asking(flow('address'), city), street).done(() => {}),
        )
        .repeat('guests', {
          each: (guest: Builder) => asking(asking(guest, who), age),
          again: 'More?',
        })
        .ask('z', { prompt: 'Z?' });
    };
  const before = nested('city', 'street', 'who', 'age');
  const after = nested('city', 'road<street', 'name<who', 'years<age');
  const texts = ['Rome', 'Via', 'Ann', '30', 'Yes', 'Ben', '40', 'No', 'z'];

  it.each(texts.slice(0, -1).map((_, at) => at + 1))(
    'keeps every answer, after %i of them',
    async (count) => {
      const said = await deployed(before, texts.slice(0, count), after, texts.slice(count));
      expect(JSON.parse(said.at(-1) ?? '')).toEqual({
        home: { city: 'Rome', road: 'Via' },
        guests: [
          { name: 'Ann', years: '30' },
          { name: 'Ben', years: '40' },
        ],
        z: 'z',
      });
    },
  );

  it('checks the answers within them against their schemas', async () => {
    const aged =
      (schema: object): Build =>
      (b) =>
        b
          .include(
            'me',
            flow('person')
              .ask('age', { prompt: 'Age?', ...schema })
              .done(() => {}),
          )
          .repeat('guests', {
            each: (guest: Builder) => guest.ask('years', { prompt: 'Years?', ...schema }),
            again: 'More?',
          })
          .ask('z', { prompt: 'Z?' });
    const said = await deployed(
      aged({}),
      ['ten', '5', 'Yes', 'six', 'No'],
      aged({ schema: z.coerce.number() }),
      ['early', '10', '6', 'No'],
    );
    expect(said).toEqual([
      'Age?',
      'Years?',
      'More?',
      '{"me":{"age":10},"guests":[{"years":5},{"years":6}],"z":"early"}',
    ]);
  });
});

/** The compiler's errors about questions that act, and about rounds, checks and questions from data. */

import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  type AnswersOf,
  flow,
  interruptBy,
  invalid,
  type RuntimeQuestion,
  scene,
  typed,
  type UserInput,
} from '../../src/index.ts';

type Equal<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const exact = <_ extends true>() => {};

const weigh = () => flow('f', { data: typed<{ unit: 'kg' | 'lb'; urgent: boolean }>() });

describe('the types of questions', () => {
  it('rows change parameters, and answer with values that the question accepts', () => {
    const f = weigh().ask('size', {
      prompt: 'Size?',
      choices: ['s', 'l'],
      rows: ({ unit }, { radio, toggle, button, answer, again, back, cancel }) => [
        radio('unit', ['kg', 'lb']),
        [toggle('urgent', unit), button('small', 'Small', answer('s'))],
        [button('again', 'Again', again({ unit: 'kg' }))],
        [button('back', 'Back', back()), button('stop', 'Stop', cancel())],
      ],
    });
    // @ts-expect-error 'vip' is not a parameter
    f.ask('toggle', { prompt: 'Text?', rows: (_, { toggle }) => [toggle('vip', 'VIP')] });
    // @ts-expect-error an answer is no parameter
    f.ask('answer', { prompt: 'Text?', rows: (_, { radio }) => [radio('size', ['s'])] });
    f.ask('unit2', {
      prompt: 'Text?',
      // @ts-expect-error "g" is no unit
      rows: (_, { button, again }) => [button('g', 'g', again({ unit: 'g' }))],
    });
    f.ask('redo', {
      prompt: 'Text?',
      // @ts-expect-error no such step
      rows: (_, { button, redo }) => [button('g', 'g', redo('color'))],
    });
    f.ask('choice', {
      prompt: 'Yes?',
      choices: ['yes', 'no'],
      // @ts-expect-error answer() takes what the question takes
      rows: (_, { button, answer }) => [button('maybe', 'Maybe', answer('maybe'))],
    });
    expect(f).toBeDefined();
  });

  it('early, interrupt and prompts are named', () => {
    const f = flow('f', { early: 'ignore', interrupt: interruptBy(['cancel']), prompts: 'edit' });
    f.ask('a', { prompt: 'A?', early: 'answer', interrupt: interruptBy('commands') });
    // @ts-expect-error 'latest' is not a policy
    expect(() => f.ask('early', { prompt: 'Text?', early: 'latest' })).toThrow('early');
    // @ts-expect-error interruptBy() makes it
    expect(() => f.ask('i', { prompt: 'Text?', interrupt: ['cancel'] })).toThrow('interrupt');
    // @ts-expect-error it is 'edit'
    const typo = flow('prompts', { prompts: 'edited' }).ask('a', { prompt: 'A?' });
    expect(() => typo.done(() => {})).toThrow('prompts');
  });

  it('onTimeout gives an answer that the question accepts', () => {
    const f = flow('f')
      .ask('late', {
        prompt: 'Yes?',
        choices: ['yes', 'no'],
        timeout: '1m',
        onTimeout: () => ({ answer: 'no' }),
      })
      .ask('age', {
        prompt: 'Age?',
        schema: z.coerce.number(),
        timeout: '1m',
        onTimeout: async () => ({ answer: 18 }),
      })
      .ask('note', {
        prompt: 'Note?',
        timeout: '1m',
        onTimeout: ({ age }) => (age > 9 ? 'end' : { answer: undefined }),
      });
    // @ts-expect-error it may have been left out
    f.done(({ note }) => note.trim());
    f.ask('wrong', {
      prompt: 'Yes?',
      choices: ['yes', 'no'],
      timeout: '1m',
      // @ts-expect-error onTimeout returns an answer that this question does not accept.
      onTimeout: () => ({ answer: 'maybe' }),
    });
    f.ask('text', {
      prompt: 'Age?',
      schema: z.coerce.number(),
      timeout: '1m',
      // @ts-expect-error onTimeout returns an answer that this question does not accept.
      onTimeout: () => ({ answer: '18' }),
    });
    expect(f).toBeDefined();
  });

  it('answers that are found inside a text are texts, and a message is a reference', () => {
    const f = flow('f')
      .ask('mail', { prompt: 'Mail?', accept: 'email' })
      .ask('either', { prompt: 'Mail or phone?', accept: ['email', 'contact'] })
      .ask('ref', {
        prompt: 'Any message',
        accept: 'message',
        validate: ({ message_id }) => message_id,
      })
      .ask('burst', {
        prompt: 'Texts',
        accept: { burst: 'text' },
        validate: (parts) => parts.join(),
      })
      .done(() => {});
    exact<Equal<AnswersOf<typeof f>['mail'], string>>();
    exact<Equal<AnswersOf<typeof f>['either']['kind'], 'email' | 'contact'>>();
    exact<Equal<AnswersOf<typeof f>['ref'], number>>();
    const g = flow('g');
    // @ts-expect-error a burst is a list
    g.ask('trim', { prompt: 'Text', accept: { burst: 'text' }, validate: (all) => all.trim() });
    expect(() =>
      // @ts-expect-error no such kind
      g.ask('mail', { prompt: 'Mail?', accept: 'e-mail' }),
    ).toThrow('accept');
    // @ts-expect-error by: user ids
    g.ask('by', { prompt: 'Yes?', to: { chat: 1 }, by: ['anna'], choices: ['yes'] });
    expect(f.id).toBe('f');
  });

  it('a picker returns the answer, or nothing to reject the input', () => {
    const g = flow('g');
    // @ts-expect-error it tests
    g.ask('tests', { prompt: '?', accept: (input) => input.kind === 'photo' });
    // @ts-expect-error it tests, later
    g.ask('later', { prompt: '?', accept: async (input) => input.kind === 'photo' });
    // @ts-expect-error it tests, or rejects
    g.ask('either', { prompt: '?', accept: (input) => input.kind === 'photo' || undefined });
    // @ts-expect-error it has no return
    g.ask('none', { prompt: '?', accept: (input) => void input.kind });
    // @ts-expect-error a Date has no form in JSON
    g.ask('date', { prompt: '?', accept: () => new Date() });
    // @ts-expect-error a node has no \`validate\` after it
    scene('node', { accept: (input) => input.kind === 'photo' });
    const isPhoto = (input: UserInput) => input.kind === 'photo';
    // @ts-expect-error it is declared elsewhere
    scene('other', { accept: isPhoto });
    const place = z.object({ latitude: z.number() });
    g.ask('untyped', {
      prompt: '?',
      accept: (input) => (input.kind === 'location' ? input.value : undefined),
      // @ts-expect-error the compiler reads a schema before a function whose parameter has no type; the sentence says so
      schema: place,
    });
    const f = g
      .ask('typed', {
        prompt: '?',
        accept: (input: UserInput) => (input.kind === 'location' ? input.value : undefined),
        schema: place,
      })
      .ask('checked', {
        prompt: '?',
        accept: (input: UserInput) => input.kind === 'photo',
        schema: z.boolean(),
      })
      .ask('converted', {
        prompt: '?',
        accept: (input) => input.kind === 'photo',
        validate: (is) => (is ? 'photo' : invalid('A photo, please.')),
      })
      .ask('size', {
        prompt: '?',
        accept: (input) => (input.kind === 'photo' ? input.value.width : undefined),
      })
      .ask('value', { prompt: '?', accept: (input) => input.value })
      .done(() => {});
    exact<Equal<AnswersOf<typeof f>['checked'], boolean>>();
    exact<Equal<AnswersOf<typeof f>['converted'], 'photo'>>();
    exact<Equal<AnswersOf<typeof f>['size'], number>>();
    const node = scene('number', { accept: async ({ value }) => Number(value) }).on({
      handle: ({ answer }) => void answer.toFixed(),
    });
    expect([f.id, node.id]).toEqual(['g', 'number']);
  });

  it('a question made while the flow runs returns an answer, no boolean', () => {
    const made = { name: 'a', prompt: 'A?' };
    const one: RuntimeQuestion = { ...made, validate: (text) => String(text) };
    // @ts-expect-error it tests
    const tests: RuntimeQuestion = { ...made, validate: (text) => text === 'yes' };
    // @ts-expect-error it has no return
    const none: RuntimeQuestion = { ...made, validate: () => {} };
    expect([one, tests, none]).toHaveLength(3);
  });

  it('`after` gets a whole round and the answers before it', () => {
    const f = weigh()
      .ask('name', { prompt: 'Name?' })
      .repeat('sets', {
        each: (b) => b.ask('weight', { prompt: 'Weight?', schema: z.coerce.number() }),
        after: ({ weight }, { id }, { name, unit }) => void [weight.toFixed(), id, name, unit],
        again: 'More?',
      });
    f.repeat('more', {
      each: (b) => b.ask('weight', { prompt: 'Weight?' }),
      // @ts-expect-error no such answer in a round
      after: ({ reps }) => void reps,
      again: 'More?',
    });
    expect(f).toBeDefined();
  });

  it('questions from data have texts as answers, or values of `value`', () => {
    const f = flow('f')
      .questions('answers', () => [{ name: 'why', prompt: 'Why?' }])
      .questions('stars', () => [{ name: 'food', prompt: 'Food?' }], { value: z.coerce.number() })
      .done(() => {});
    exact<
      Equal<
        AnswersOf<typeof f>,
        {
          readonly answers: { readonly [question: string]: string | readonly string[] };
          readonly stars: { readonly [question: string]: number };
        }
      >
    >();
    // @ts-expect-error a question needs a prompt
    flow('g').questions('answers', () => [{ name: 'why' }]);
    // @ts-expect-error This flow already has a step or a parameter 'unit'.
    weigh().questions('unit', () => []);
    expect(f.steps.answers.id).toBe('f:answers');
  });
});

/** Random flows, as data, and a model that plays them in another way: from the start, by generators, keeping nothing. */

import fc from 'fast-check';
import { flow } from '../../src/index.ts';

/** One step. Tests look at the first answer of their level. */
export type Node =
  | { readonly kind: 'ask'; readonly optional: boolean; readonly when: Test | undefined }
  | { readonly kind: 'block'; readonly test: Test; readonly inner: readonly Node[] }
  | { readonly kind: 'branch'; readonly cases: { readonly [value: string]: readonly Node[] } }
  | { readonly kind: 'include'; readonly inner: readonly Node[] }
  | {
      readonly kind: 'repeat';
      readonly min: number;
      readonly max: number;
      readonly inner: readonly Node[];
    }
  | { readonly kind: 'confirm' };

/** Whether the first answer has an even number of characters. */
type Test = 'even' | 'odd';

/** The texts that users send. */
export const texts = ['a', 'bb', 'ccc', 'dddd'] as const;

const tests = fc.constantFrom<Test>('even', 'odd');
const mandatory = fc.constant({ kind: 'ask', optional: false, when: undefined } as const);

/** Any flow: its first question is always asked. */
export const definitions: fc.Arbitrary<readonly Node[]> = fc.letrec<{ level: readonly Node[] }>(
  (tie) => {
    const inner = tie('level');
    const step: fc.Arbitrary<Node> = fc.oneof(
      { depthIdentifier: 'flow', depthSize: 'medium' },
      fc.record({
        kind: fc.constant('ask' as const),
        optional: fc.boolean(),
        when: fc.option(tests, { nil: undefined }),
      }),
      mandatory,
      fc.constant({ kind: 'confirm' } as const),
      fc.record({ kind: fc.constant('block' as const), test: tests, inner }),
      fc.record({
        kind: fc.constant('branch' as const),
        cases: fc.record({ a: inner, bb: inner }),
      }),
      fc.record({ kind: fc.constant('include' as const), inner }),
      fc
        .tuple(fc.integer({ min: 0, max: 2 }), fc.integer({ min: 0, max: 2 }), inner)
        .map(([min, more, steps]) => ({
          kind: 'repeat' as const,
          min,
          max: Math.max(1, min + more),
          inner: steps,
        })),
    );
    const further = fc.array(step, { minLength: 1, maxLength: 5, depthIdentifier: 'flow' });
    return { level: fc.tuple(mandatory, further).map(([first, rest]) => [first, ...rest]) };
  },
).level;

// biome-ignore lint/suspicious/noExplicitAny: the definition is made of data, so the compiler cannot follow it
type Builder = any;

/** Builds a flow that says the name of each question; `done` finishes it. */
export function build(level: readonly Node[], id = 'f'): Builder {
  const options = { back: true, timeout: '10m', trigger: '/f' } as const;
  return add(flow(id, id === 'f' ? options : {}), level, 's');
}

let included = 0;

function add(builder: Builder, level: readonly Node[], prefix: string): Builder {
  let b = builder;
  for (const [index, node] of level.entries()) {
    const name = `${prefix}${index}`;
    const test = (when: Test) => (answers: Answers) => holds(when, answers);
    switch (node.kind) {
      case 'ask': {
        const when = node.when && { when: test(node.when) };
        b = b.ask(name, { prompt: name, optional: node.optional, ...when });
        break;
      }
      case 'confirm':
        b = b.confirm({ name, prompt: name });
        break;
      case 'block':
        b = b.branch(test(node.test), (then: Builder) => add(then, node.inner, `${name}_`));
        break;
      case 'branch':
        b = b.branch('s0', {
          a: (then: Builder) => add(then, node.cases['a'] ?? [], `${name}_`),
          bb: (then: Builder) => add(then, node.cases['bb'] ?? [], `${name}_`),
        });
        break;
      case 'include':
        b = b.include(
          name,
          build(node.inner, `included${included++}`).done(() => {}),
        );
        break;
      case 'repeat':
        b = b.repeat(name, {
          each: (round: Builder) => add(round, node.inner, 's'),
          again: `${name} again`,
          min: node.min,
          max: node.max,
        });
        break;
    }
  }
  return b;
}

/** What a user says to a question. */
export type Reply = { readonly text: string } | 'skip' | 'yes' | 'no';

/** A question of the model. */
export interface Question {
  readonly says: string;
  readonly takes: 'text' | 'optional' | 'rounds' | 'summary';
}

/** Where replies lead: to a question, or to all answers. */
export type Outcome =
  | { readonly done: true; readonly answers: Answers }
  | { readonly done: false; readonly question: Question };

interface Answers {
  readonly [name: string]: unknown;
}

/** Plays a flow from its start. */
export function after(level: readonly Node[], replies: readonly Reply[]): Outcome {
  const game = play(level, {}, 's');
  let step = game.next();
  for (const reply of replies) {
    if (step.done) break;
    step = game.next(reply);
  }
  return step.done ? { done: true, answers: step.value } : { done: false, question: step.value };
}

function holds(test: Test, answers: Answers): boolean {
  return (String(answers['s0']).length % 2 === 0) === (test === 'even');
}

type Game = Generator<Question, Record<string, unknown>, Reply>;

function* play(level: readonly Node[], answers: Record<string, unknown>, prefix: string): Game {
  for (const [index, node] of level.entries()) {
    const name = `${prefix}${index}`;
    switch (node.kind) {
      case 'ask': {
        if (node.when && !holds(node.when, answers)) break;
        const reply = yield { says: name, takes: node.optional ? 'optional' : 'text' };
        if (typeof reply === 'object') answers[name] = reply.text;
        break;
      }
      case 'confirm':
        yield { says: name, takes: 'summary' };
        break;
      case 'block':
        if (holds(node.test, answers)) yield* play(node.inner, answers, `${name}_`);
        break;
      case 'branch':
        yield* play(node.cases[String(answers['s0'])] ?? [], answers, `${name}_`);
        break;
      case 'include':
        answers[name] = yield* play(node.inner, {}, 's');
        break;
      case 'repeat': {
        const rounds: unknown[] = [];
        while (rounds.length < node.max) {
          const offered = rounds.length >= node.min;
          if (offered && (yield { says: `${name} again`, takes: 'rounds' }) !== 'yes') break;
          rounds.push(yield* play(node.inner, {}, 's'));
        }
        answers[name] = rounds;
        break;
      }
    }
  }
  return answers;
}

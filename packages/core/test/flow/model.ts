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
      /** Whether finished rounds are noted, and stay as they are. */
      readonly closes: boolean;
      readonly inner: readonly Node[];
    }
  | { readonly kind: 'questions'; readonly optional: readonly boolean[] }
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
        .tuple(fc.integer({ min: 0, max: 2 }), fc.integer({ min: 0, max: 2 }), inner, fc.boolean())
        .map(([min, more, steps, closes]) => ({
          kind: 'repeat' as const,
          min,
          max: Math.max(1, min + more),
          closes,
          inner: steps,
        })),
      fc.record({
        kind: fc.constant('questions' as const),
        optional: fc.array(fc.boolean(), { maxLength: 3 }),
      }),
    );
    const further = fc.array(step, { minLength: 1, maxLength: 5, depthIdentifier: 'flow' });
    return { level: fc.tuple(mandatory, further).map(([first, rest]) => [first, ...rest]) };
  },
).level;

// biome-ignore lint/suspicious/noExplicitAny: the definition is made of data, so the compiler cannot follow it
type Builder = any;

/** Gets each finished round of the repeats that close them. */
type Note = (round: unknown) => void;

/** Builds a flow that says the name of each question; `done` finishes it. */
export function build(level: readonly Node[], note: Note = () => {}, id = 'f'): Builder {
  const options = { back: true, timeout: '10m', trigger: '/f' } as const;
  return add(flow(id, id === 'f' ? options : {}), level, 's', note);
}

let included = 0;

function add(builder: Builder, level: readonly Node[], prefix: string, note: Note): Builder {
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
        b = b.confirm({ name, prompt: name, edit: true });
        break;
      case 'block':
        b = b.branch(test(node.test), (then: Builder) => add(then, node.inner, `${name}_`, note));
        break;
      case 'branch':
        b = b.branch('s0', {
          a: (then: Builder) => add(then, node.cases['a'] ?? [], `${name}_`, note),
          bb: (then: Builder) => add(then, node.cases['bb'] ?? [], `${name}_`, note),
        });
        break;
      case 'include':
        b = b.include(
          name,
          build(node.inner, note, `included${included++}`).done(() => {}),
        );
        break;
      case 'repeat':
        b = b.repeat(name, {
          each: (round: Builder) => add(round, node.inner, 's', note),
          ...(node.closes && { after: note }),
          again: `${name} again`,
          min: node.min,
          max: node.max,
        });
        break;
      case 'questions':
        b = b.questions(name, () =>
          node.optional.map((optional, at) => {
            const own = `${name}q${at}`;
            return { name: own, prompt: own, optional };
          }),
        );
        break;
    }
  }
  return b;
}

/** A user's reply to a question. */
export type Reply = { readonly text: string } | 'skip' | 'yes' | 'no';

/** A question of the model. */
export interface Question {
  readonly says: string;
  readonly takes: 'text' | 'optional' | 'rounds' | 'summary';
  /** The answers of its level: the same object for all questions of one. */
  readonly of: object;
}

/** Where replies lead: to a question, or to all answers. */
export type Outcome = (
  | { readonly done: true; readonly answers: Answers }
  | { readonly done: false; readonly question: Question }
) & {
  /** Rounds that are finished for good, in this order. */
  readonly rounds: readonly unknown[];
  /** How many replies lead to the last place before which there is no way back. */
  readonly closed: number;
};

interface Answers {
  readonly [name: string]: unknown;
}

/** Plays a flow from its start. */
export function after(level: readonly Node[], replies: readonly Reply[]): Outcome {
  const rounds: unknown[] = [];
  let closed = 0;
  let count = 0;
  const close = (round: unknown, isAsked: boolean) => {
    rounds.push(structuredClone(round));
    // the question for another round can be answered again
    closed = isAsked ? count - 1 : count;
  };
  const game = play(level, {}, 's', close);
  let step = game.next();
  for (const reply of replies) {
    if (step.done) break;
    count++;
    step = game.next(reply);
  }
  const facts = { rounds, closed };
  return step.done
    ? { done: true, answers: step.value, ...facts }
    : { done: false, question: step.value, ...facts };
}

/**
 * Which replies a summary offers to correct: those of its level, after the last summary of it. The first answer of a level is left out,
 * since others depend on it.
 */
export function correctable(
  level: readonly Node[],
  replies: readonly Reply[],
): readonly { readonly says: string; readonly at: number }[] {
  const game = play(level, {}, 's', () => {});
  const asked: Question[] = [];
  let step = game.next();
  for (const reply of replies) {
    if (step.done) return [];
    asked.push(step.value);
    step = game.next(reply);
  }
  if (step.done) return [];
  const { of } = step.value;
  const own = asked.map((question, at) => ({ ...question, at })).filter((one) => one.of === of);
  const last = own.findLastIndex(({ takes }) => takes === 'summary');
  return own
    .slice(last + 1)
    .filter(({ says, at }) => typeof replies[at] === 'object' && says !== 's0');
}

function holds(test: Test, answers: Answers): boolean {
  return (String(answers['s0']).length % 2 === 0) === (test === 'even');
}

type Game = Generator<Question, Record<string, unknown>, Reply>;

type Close = (round: unknown, isAsked: boolean) => void;

function* play(
  level: readonly Node[],
  answers: Record<string, unknown>,
  prefix: string,
  close: Close,
): Game {
  for (const [index, node] of level.entries()) {
    const name = `${prefix}${index}`;
    switch (node.kind) {
      case 'ask': {
        if (node.when && !holds(node.when, answers)) break;
        const takes = node.optional ? 'optional' : 'text';
        const reply = yield { says: name, takes, of: answers };
        if (typeof reply === 'object') answers[name] = reply.text;
        break;
      }
      case 'confirm':
        yield { says: name, takes: 'summary', of: answers };
        break;
      case 'block':
        if (holds(node.test, answers)) yield* play(node.inner, answers, `${name}_`, close);
        break;
      case 'branch':
        yield* play(node.cases[String(answers['s0'])] ?? [], answers, `${name}_`, close);
        break;
      case 'include':
        answers[name] = yield* play(node.inner, {}, 's', close);
        break;
      case 'repeat': {
        const rounds: unknown[] = [];
        const finish = (isAsked: boolean) => {
          if (node.closes && rounds.length > 0) close(rounds[rounds.length - 1], isAsked);
        };
        for (;;) {
          const isOver = rounds.length >= node.max;
          const isAsked = !isOver && rounds.length >= node.min;
          const reply = isAsked
            ? yield { says: `${name} again`, takes: 'rounds', of: answers }
            : undefined;
          finish(isAsked);
          if (isOver || (isAsked && reply !== 'yes')) break;
          rounds.push(yield* play(node.inner, {}, 's', close));
        }
        answers[name] = rounds;
        break;
      }
      case 'questions': {
        const own: Record<string, unknown> = {};
        for (const [at, optional] of node.optional.entries()) {
          const says = `${name}q${at}`;
          const reply = yield { says, takes: optional ? 'optional' : 'text', of: answers };
          if (typeof reply === 'object') own[says] = reply.text;
        }
        answers[name] = own;
        break;
      }
    }
  }
  return answers;
}

/** Laws of flows, on random definitions and random users, against a model that is written another way. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { flow } from '../../src/index.ts';
import { chat } from './chat.ts';

/** A random definition. Conditions look at the number of characters of an earlier answer. */
type Node =
  | { readonly kind: 'ask'; readonly optional: boolean; readonly when: Test | undefined }
  | { readonly kind: 'block'; readonly test: Test; readonly inner: readonly Node[] }
  | { readonly kind: 'include'; readonly inner: readonly Node[] }
  | {
      readonly kind: 'repeat';
      readonly min: number;
      readonly max: number;
      readonly inner: readonly Node[];
    }
  | { readonly kind: 'confirm' };

/** Holds if the value of the first answer of its level, if any, has an even length, or the opposite. */
type Test = 'even' | 'odd';

const asks = fc.record({
  kind: fc.constant('ask' as const),
  optional: fc.boolean(),
  when: fc.option(fc.constantFrom<Test>('even', 'odd'), { nil: undefined }),
});
const plain = fc.record({
  kind: fc.constant('ask' as const),
  optional: fc.constant(false),
  when: fc.constant(undefined),
});
const nodes: fc.Arbitrary<readonly Node[]> = fc.letrec<{ level: readonly Node[] }>((tie) => ({
  level: fc
    .tuple(
      plain,
      fc.array(
        fc.oneof(
          { weight: 4, arbitrary: asks },
          { weight: 1, arbitrary: fc.record({ kind: fc.constant('confirm' as const) }) },
          {
            weight: 1,
            arbitrary: fc.record({
              kind: fc.constant('block' as const),
              test: fc.constantFrom<Test>('even', 'odd'),
              inner: tie('level'),
            }),
          },
          {
            weight: 1,
            arbitrary: fc.record({ kind: fc.constant('include' as const), inner: tie('level') }),
          },
          {
            weight: 1,
            arbitrary: fc
              .record({
                kind: fc.constant('repeat' as const),
                min: fc.integer({ min: 0, max: 2 }),
                extra: fc.integer({ min: 0, max: 2 }),
                inner: tie('level'),
              })
              .map(({ min, extra, ...rest }) => ({ ...rest, min, max: Math.max(1, min + extra) })),
          },
        ),
        { minLength: 1, maxLength: 5, depthIdentifier: 'flow', depthSize: 'medium' },
      ),
    )
    .map(([head, tail]) => [head, ...tail]),
})).level;

const holds = (test: Test, value: unknown) =>
  typeof value === 'string' ? (value.length % 2 === 0) === (test === 'even') : test === 'odd';

// ── the flow under test: each prompt says where its question stands

// biome-ignore lint/suspicious/noExplicitAny: the definition is made of data, so the compiler cannot follow it
type Builder = any;

function defined(level: readonly Node[], name: string, trigger?: string): Builder {
  return build(
    flow(name, { back: true, timeout: '10m', ...(trigger !== undefined && { trigger }) }),
    level,
    name,
  );
}

let names = 0;
function build(builder: Builder, level: readonly Node[], at: string, first = 's0'): Builder {
  let b = builder;
  for (const [index, node] of level.entries()) {
    const name = at.endsWith('+') ? `${at.slice(0, -1)}_${index}` : `s${index}`;
    const test = (when: Test) => (answers: Record<string, unknown>) => holds(when, answers[first]);
    switch (node.kind) {
      case 'ask':
        b = b.ask(name, {
          prompt: name,
          optional: node.optional,
          ...(node.when && { when: test(node.when) }),
        });
        break;
      case 'confirm':
        b = b.confirm({ name, prompt: name });
        break;
      case 'block':
        b = b.branch(test(node.test), (inner: Builder) =>
          build(inner, node.inner, `${name}+`, first),
        );
        break;
      case 'include':
        b = b.include(
          name,
          defined(node.inner, `inner${names++}`).done(() => {}),
        );
        break;
      case 'repeat':
        b = b.repeat(name, {
          each: (round: Builder) => build(round, node.inner, ''),
          again: `${name} again`,
          min: node.min,
          max: node.max,
        });
        break;
    }
  }
  return b;
}

// ── the model: plays a whole list of answers from the start, and keeps nothing

/** What a user does at a question: answers, leaves it out, or says whether there is another round. */
type Reply = { readonly text: string } | 'skip' | 'yes' | 'no';

interface Question {
  readonly says: string;
  readonly takes: 'text' | 'optional' | 'rounds' | 'summary';
}

/** Asks the questions one after the other; what it returns are the answers of the level. */
function* play(
  level: readonly Node[],
  at = '',
  outer: Record<string, unknown> = {},
  first = 's0',
): Generator<Question, Record<string, unknown>, Reply> {
  const answers = outer;
  for (const [index, node] of level.entries()) {
    const name = at.endsWith('+') ? `${at.slice(0, -1)}_${index}` : `s${index}`;
    switch (node.kind) {
      case 'ask': {
        if (node.when && !holds(node.when, answers[first])) break;
        const reply = yield { says: name, takes: node.optional ? 'optional' : 'text' };
        if (typeof reply === 'object') answers[name] = reply.text;
        break;
      }
      case 'confirm':
        yield { says: name, takes: 'summary' };
        break;
      case 'block':
        if (holds(node.test, answers[first])) yield* play(node.inner, `${name}+`, answers, first);
        break;
      case 'include':
        answers[name] = yield* play(node.inner);
        break;
      case 'repeat': {
        const rounds: unknown[] = [];
        answers[name] = rounds;
        while (rounds.length < node.max) {
          if (rounds.length >= node.min) {
            const another = yield { says: `${name} again`, takes: 'rounds' };
            if (another !== 'yes') break;
          }
          rounds.push(yield* play(node.inner));
        }
        break;
      }
    }
  }
  return answers;
}

/** Where replies lead: to a question, or to all answers. */
function after(level: readonly Node[], replies: readonly Reply[]) {
  const game = play(level);
  let step = game.next();
  for (const reply of replies) {
    if (step.done) break;
    step = game.next(reply);
  }
  return step.done
    ? { done: true as const, answers: step.value }
    : { done: false as const, question: step.value };
}

/** A user's move; what it means depends on the question. */
const moves = fc.array(
  fc.record({
    text: fc.constantFrom('a', 'bb', 'ccc', 'dddd'),
    kind: fc.oneof(
      { weight: 12, arbitrary: fc.constant('answer') },
      { weight: 6, arbitrary: fc.constantFrom('skip', 'back', 'noise', 'redeliver', 'restart') },
      { weight: 1, arbitrary: fc.constantFrom('cancel', 'wait') },
    ),
    yes: fc.boolean(),
  }),
  { minLength: 5, maxLength: 40 },
);

describe('flows and the model', () => {
  it('ask the same questions and come to the same answers, whatever the user does', async () => {
    let finished = 0;
    let wentBack = 0;
    await fc.assert(
      fc.asyncProperty(nodes, moves, async (level, script) => {
        const results: unknown[] = [];
        const make = () =>
          defined(level, 'f', '/f').done((answers: unknown) => void results.push(answers));
        const { user, said, deploys, passed, data, passes, redeliver } = chat([make()]);
        const ann = user(1);
        let replies: Reply[] = [];
        let last = await ann.sends('/f');
        for (const { kind, text, yes } of script) {
          const now = after(level, replies);
          if (now.done) break;
          said();
          const { takes } = now.question;
          const _isFirst = kind === 'back' && replies.length === 0;
          if (kind === 'redeliver') {
            await redeliver(last);
            expect(said()).toEqual([]);
            continue;
          }
          if (kind === 'restart') {
            deploys([make()]);
            continue;
          }
          if (kind === 'cancel' || kind === 'wait') {
            if (kind === 'cancel') await ann.sends('/cancel');
            else await passes(10 * 60_000);
            expect(said()).toEqual([
              kind === 'cancel' ? 'Cancelled.' : 'Time is up. Please start again.',
            ]);
            expect(await data(1)).toBe(undefined);
            last = await ann.sends('/f');
            replies = [];
            continue;
          }
          if (kind === 'noise') {
            await ann.sendsMessage({ sticker: { file_id: 's', file_unique_id: 's' } });
            expect(said()).toEqual(['Please answer the question above.']);
            continue;
          }
          if (kind === 'back') {
            last = await ann.sends('/back');
            if (replies.length > 0) wentBack++;
            replies = replies.slice(0, -1);
          } else if (takes === 'summary') {
            last = await ann.taps('Yes');
            replies = [...replies, 'yes'];
          } else if (takes === 'rounds') {
            last = await ann.taps(yes ? 'Yes' : 'No');
            replies = [...replies, yes ? 'yes' : 'no'];
          } else if (kind === 'skip' && takes === 'optional') {
            last = await ann.sends('/skip');
            replies = [...replies, 'skip'];
          } else {
            last = await ann.sends(text);
            replies = [...replies, { text }];
          }
          const then = after(level, replies);
          if (then.done) {
            finished++;
            expect(results).toEqual([then.answers]);
            expect(await data(1)).toBe(undefined);
          } else {
            const first =
              kind === 'back' && now.question.says === then.question.says && replies.length === 0;
            const heard = said();
            if (first && heard[0] === 'This is the first question already.') continue;
            expect(heard).toEqual([then.question.says]);
          }
        }
        expect(passed).toEqual([]);
      }),
      { numRuns: 150 },
    );
    // the property must have seen what it is about
    expect(finished).toBeGreaterThan(10);
    expect(wentBack).toBeGreaterThan(50);
  });
});

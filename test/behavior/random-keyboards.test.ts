/** Random flows of questions with buttons, in random orders, and users who press, write and go back: the newest question answers. */

import { type Flow, flow, typed } from '@telefsm/core';
import { photo, type Shown } from '@telefsm/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Framework, frameworks } from './frameworks.ts';
import { play } from './play.ts';

const many = Array.from({ length: 45 }, (_, at) => `item ${at}`);

/** Questions with buttons of each kind, by their prompts. */
const questions = {
  few: { choices: { a: 'A', b: 'B' } },
  several: { choices: ['C', 'D'], multiple: true },
  pages: { choices: many, columns: 2 },
  picked: { choices: many, multiple: true, optional: true },
  loaded: {
    choices: (
      _answers: object,
      _turn: object,
      { offset, size }: { offset: number; size: number },
    ) => ({
      items: many.slice(offset, offset + size),
      total: many.length,
    }),
  },
  rows: {
    rows: (_answers: object, { radio, button, answer, back, again }: RowsTurn) => [
      radio('unit', ['kg', 'lb']),
      [button('none', 'None', answer('0')), button('back', 'Before', back())],
      button('pound', 'Pound', again({ unit: 'lb' })),
    ],
  },
  text: { optional: true },
} as const;

type Widget = (...parameters: readonly unknown[]) => never;
type RowsTurn = Readonly<Record<'radio' | 'button' | 'answer' | 'back' | 'again', Widget>>;

/** A flow that is made of data, so the compiler cannot follow it. */
interface Builder {
  ask(name: string, question: object): Builder;
  confirm(summary: object): Builder;
  done(handler: () => string): Flow;
}

type Kind = keyof typeof questions;

/** What a user does: presses a button of the newest question, writes, or sends what is no answer. */
type Deed =
  | { readonly do: 'presses'; readonly which: number }
  | { readonly do: 'writes'; readonly text: string }
  | { readonly do: 'sends a photo' };

const kinds = fc.array(fc.constantFrom(...(Object.keys(questions) as Kind[])), {
  minLength: 1,
  maxLength: 5,
});
const options = fc.record({
  prompts: fc.constantFrom('keep', 'removeKeyboards', 'delete', 'edit'),
  controls: fc.constantFrom([], ['back']),
  isConfirmed: fc.boolean(),
});
const deed: fc.Arbitrary<Deed> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('presses'), which: fc.nat(99) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('writes'),
      text: fc.constantFrom('A', 'x', '/back', '/skip', '/f', 'item 44', 'Done'),
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('sends a photo') }) },
);

/** The name of the question that a message asks; `undefined` for another message, and for the answers to correct. */
const nameIn = ({ text }: Shown) => /^(q\d)\?/.exec(text)?.[1];

async function playKeyboards(
  framework: Framework,
  list: readonly Kind[],
  {
    prompts,
    controls,
    isConfirmed,
  }: { prompts: string; controls: readonly string[]; isConfirmed: boolean },
  deeds: readonly Deed[],
): Promise<number> {
  const flowOptions = {
    trigger: '/f',
    back: true,
    prompts,
    controls,
    data: typed<{ unit?: 'kg' | 'lb' }>(),
  };
  let builder = flow('f', flowOptions as never) as unknown as Builder;
  for (const [at, kind] of list.entries()) {
    builder = builder.ask(`q${at}`, { prompt: `q${at}?`, ...questions[kind] });
  }
  if (isConfirmed) builder = builder.confirm({ name: 'q9', prompt: 'q9?', edit: true });
  const { anna, bot, machine, world, unsent } = play(framework, [builder.done(() => 'Done.')]);
  let presses = 0;
  await anna.sends('/f');
  for (const deed of deeds) {
    const newest = anna.screen().findLast((shown) => shown.text.includes('?'));
    const labels = newest?.buttons.flat() ?? [];
    if (deed.do === 'writes') await anna.sends(deed.text);
    else if (deed.do === 'sends a photo') await anna.sends(photo());
    else if (newest !== undefined && labels.length > 0) {
      presses++;
      await anna.taps(labels[deed.which % labels.length] as string, newest);
      const answer = world.calls.findLast(({ method }) => method === 'answerCallbackQuery');
      expect(answer?.payload['text'], world.transcript()).not.toBe(
        'This button is no longer in use.',
      );
    }
    expect([...bot.errors, ...unsent], world.transcript()).toEqual([]);
    const { current = null } = (await machine.at({ user: anna.id }).peek()) ?? {};
    if (current === null) {
      anna.sees(/^(?:Done|Canceled)\.$/);
      await anna.sends('/f');
      continue;
    }
    const asked = anna.screen().findLast((shown) => shown.text.includes('?'));
    const isPicked = asked?.text.startsWith('What would you like to change?');
    if (!isPicked) expect(`f:${asked && nameIn(asked)}`, world.transcript()).toBe(current);
  }
  return presses;
}

describe('the newest question of a random flow', () => {
  it.each(frameworks)(
    'is the pending one, and its buttons are in use: %s',
    async (_, framework) => {
      let presses = 0;
      await fc.assert(
        fc.asyncProperty(
          kinds,
          options,
          fc.array(deed, { minLength: 4, maxLength: 20 }),
          async (list, given, deeds) => {
            presses += await playKeyboards(framework, list, given, deeds);
          },
        ),
        { numRuns: 100 },
      );
      expect(presses).toBeGreaterThan(150);
    },
  );
});

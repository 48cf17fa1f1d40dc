/** Laws of flows, on random definitions and random users. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sqliteStorage } from '../../../storage-sqlite/src/index.ts';
import type { Clock, FsmStorage, SessionAskTurn } from '../../src/index.ts';
import { memoryStorage } from '../../src/index.ts';
import { answered, backTo } from '../../src/scene/flow/moves.ts';
import { positionOf } from '../../src/scene/flow/pending.ts';
import { type Progress, withPassed } from '../../src/scene/flow/progress.ts';
import { chat } from './chat.ts';
import {
  after,
  build,
  correctable,
  definitions,
  type Question,
  type Reply,
  texts,
} from './model.ts';

/** A new turn; values made in a turn are made once. */
const turn = () => ({}) as SessionAskTurn;
const start: Progress = { answers: {}, passed: [], open: [] };

const often = <T>(weight: number, ...values: readonly T[]) => ({
  weight,
  arbitrary: fc.constantFrom(...values),
});
const replies = fc.record({ text: fc.constantFrom(...texts), yes: fc.boolean() });

/** The reply to a question, of a user who would answer this. */
function replyTo({ takes }: Question, text: string, yes: boolean, skips: boolean): Reply {
  if (takes === 'summary') return 'yes';
  if (takes === 'rounds') return yes ? 'yes' : 'no';
  return takes === 'optional' && skips ? 'skip' : { text };
}

/** Whether a label is that of a question: `Some name` of `someName`. */
const like = (label: string, name: string) =>
  label.toLowerCase().replace(/[^a-z0-9]/g, '') === name.toLowerCase().replace(/[^a-z0-9]/g, '');

describe('the pending question', () => {
  const script = fc.array(
    fc.record({ ...{ of: replies }, kind: fc.oneof(often(6, 'answer'), often(2, 'skip', 'back')) }),
    { minLength: 5, maxLength: 40 },
  );

  it('is found from the answers alone, and back is the inverse of answering', async () => {
    const seen = { finished: 0, back: 0 };
    await fc.assert(
      fc.asyncProperty(definitions, script, async (level, moves) => {
        const { steps } = build(level).done(() => {})['~definition'];
        let progress = start;
        let given: Reply[] = [];
        let closed = 0;
        for (const { kind, of } of moves) {
          const { pending, previous } = await positionOf(
            { id: 'f', steps, parameters: undefined },
            progress,
            turn(),
          );
          const expected = after(level, given);
          if (expected.done || pending === undefined) break;
          closed = Math.max(closed, expected.closed);
          if (kind === 'back') {
            expect(previous === undefined).toBe(given.length === closed);
            if (previous === undefined) continue;
            progress = backTo(progress, previous);
            given = given.slice(0, -1);
            seen.back++;
          } else {
            const reply = replyTo(expected.question, of.text, of.yes, kind === 'skip');
            progress =
              reply === 'skip'
                ? withPassed(progress, pending.path)
                : answered(progress, pending, typeof reply === 'object' ? reply.text : reply);
            given = [...given, reply];
          }
          // as a storage gives it back
          progress = JSON.parse(JSON.stringify(progress));
          const locate = () =>
            positionOf({ id: 'f', steps, parameters: undefined }, progress, turn());
          let now = await locate();
          for (; now.finished !== undefined; now = await locate()) {
            progress = withPassed(progress, now.finished.path);
          }
          const then = after(level, given);
          if (then.done) {
            expect(now.pending).toBe(undefined);
            expect(now.answers).toEqual(then.answers);
            seen.finished++;
          } else {
            const { pending: asked } = now;
            const says = asked?.kind === 'again' ? `${asked.step.name} again` : asked?.step.name;
            expect(says).toBe(then.question.says);
          }
        }
      }),
      { numRuns: 1500 },
    );
    // the property must have seen what it is about
    expect(seen.finished).toBeGreaterThan(50);
    expect(seen.back).toBeGreaterThan(500);
  });
});

const storages: { readonly [name: string]: (clock: Clock) => FsmStorage } = {
  memory: (clock) => memoryStorage({ clock }),
  sqlite: (clock) => sqliteStorage(':memory:', { clock }),
};

describe.each(Object.entries(storages))('a machine with a flow, on %s', (_, storage) => {
  const script = fc.array(
    fc.record({
      of: replies,
      kind: fc.oneof(
        often(12, 'answer'),
        often(8, 'skip', 'back', 'noise', 'redeliver', 'restart', 'hurry'),
        often(1, 'cancel', 'wait'),
      ),
    }),
    { minLength: 5, maxLength: 30 },
  );

  it('asks the same as the model, whatever the user does', async () => {
    const seen = { finished: 0, back: 0, early: 0, closed: 0, corrected: 0 };
    await fc.assert(
      fc.asyncProperty(definitions, script, async (level, moves) => {
        const results: unknown[] = [];
        let noted: unknown[] = [];
        let closed = 0;
        const note = (round: unknown) => void noted.push(round);
        const make = () =>
          build(level, note).done((answers: unknown) => void results.push(answers));
        const bot = chat([make()], {}, storage);
        const { newTexts, passes } = bot;
        const ann = bot.user(1);
        let given: Reply[] = [];
        let last = await ann.sends('/f');
        for (const { kind: moved, of } of moves) {
          const now = after(level, given);
          if (now.done) break;
          newTexts();
          const isSummary = now.question.takes === 'summary';
          const kind = isSummary && moved === 'answer' ? (of.yes ? 'edit' : 'keep') : moved;
          closed = Math.max(closed, now.closed);
          const isStuck = kind === 'back' && given.length === closed;
          switch (kind) {
            case 'redeliver':
              await bot.redeliver(last);
              expect(newTexts()).toEqual([]);
              continue;
            case 'restart':
              bot.deploys([make()]);
              continue;
            case 'noise':
              await ann.sendsMessage({ sticker: { file_id: 's', file_unique_id: 's' } });
              expect(newTexts()).toEqual(['Please answer the question above.']);
              continue;
            case 'cancel':
            case 'wait':
              if (kind === 'cancel') await ann.sends('/cancel');
              else await passes(10 * 60_000);
              expect(newTexts()).toEqual([
                kind === 'cancel' ? 'Canceled.' : 'Time is up. Please start again.',
              ]);
              expect(await bot.data(1)).toBe(undefined);
              last = await ann.sends('/f');
              given = [];
              noted = [];
              closed = 0;
              continue;
            case 'back':
              last = await ann.sends('/back');
              if (!isStuck) given = given.slice(0, -1);
              seen.back++;
              break;
            case 'edit':
            case 'keep': {
              const found = correctable(level, given);
              const corrected = found[of.text.length % found.length];
              if (corrected === undefined) {
                last = await ann.taps('Yes');
                given = [...given, 'yes'];
                break;
              }
              await ann.taps('Edit');
              const offered = bot.last().buttons.map(([label]) => label);
              if (kind === 'keep') await ann.taps('Keep as it is');
              else await ann.taps(offered.find((label) => like(label, corrected.says)) ?? '');
              const asked = kind === 'keep' ? now.question.says : corrected.says;
              expect(newTexts()).toEqual(['What would you like to change?', asked]);
              if (kind === 'keep') {
                last = await ann.taps('Yes');
                given = [...given, 'yes'];
                break;
              }
              last = await ann.sends(of.text);
              given = given.with(corrected.at, { text: of.text });
              seen.corrected++;
              break;
            }
            case 'hurry': {
              const reply = replyTo(now.question, of.text, of.yes, false);
              const next = after(level, [...given, reply]);
              if (typeof reply !== 'object' || next.done) continue;
              const first = ann.sends(reply.text);
              last = await ann.sends('too early');
              await first;
              given = [...given, reply];
              expect(newTexts()).toEqual([next.question.says, next.question.says]);
              seen.early++;
              continue;
            }
            default: {
              const reply = replyTo(now.question, of.text, of.yes, kind === 'skip');
              if (reply === 'skip') last = await ann.sends('/skip');
              else if (typeof reply === 'object') last = await ann.sends(reply.text);
              else last = await ann.taps(reply === 'yes' ? 'Yes' : 'No');
              given = [...given, reply];
            }
          }
          const then = after(level, given);
          // one more, if the user has come back to the question for another round
          expect(noted.slice(0, then.rounds.length)).toEqual(then.rounds);
          if (then.rounds.length > 0) seen.closed++;
          if (then.done) {
            seen.finished++;
            expect(results).toEqual([then.answers]);
            expect(noted).toEqual(then.rounds);
            expect(await bot.data(1)).toBe(undefined);
          } else {
            const stuck =
              closed > 0 ? 'You cannot go back here.' : 'This is already the first question.';
            expect(newTexts()).toEqual([isStuck ? stuck : then.question.says]);
          }
        }
        expect(bot.passed).toEqual([]);
      }),
      { numRuns: 60 },
    );
    expect(seen.finished).toBeGreaterThan(2);
    expect(seen.back).toBeGreaterThan(20);
    expect(seen.early).toBeGreaterThan(20);
    expect(seen.closed).toBeGreaterThan(10);
    expect(seen.corrected).toBeGreaterThan(5);
  });
});

/** The compiler's errors about parameters of flows. */

import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  type AnswersOf,
  type FsmContext,
  flow,
  type StartOf,
  scene,
  typed,
} from '../../src/index.ts';

type Equal<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const exact = <_ extends true>() => {};
/** Compiled, never run. */
const compiled = (_: (state: FsmContext) => unknown) => {};

const feedback = flow('feedback', {
  data: typed<{ meetup: string; unit?: 'kg' | 'lb'; urgent?: boolean }>(),
})
  .ask('stars', { prompt: ({ meetup }) => meetup, choices: { 1: 'Bad', 5: 'Good' } })
  .done(({ meetup, stars }) => `${meetup} ${stars}`);
const triggered = () =>
  flow('triggered', { data: typed<{ meetup: string }>(), trigger: '/feedback' }).ask('stars', {
    prompt: 'Stars?',
    choices: ['1', '2'],
  });

describe('the types of parameters', () => {
  it('are those of answers', () => {
    exact<
      Equal<
        AnswersOf<typeof feedback>,
        {
          readonly meetup: string;
          readonly unit?: 'kg' | 'lb';
          readonly urgent?: boolean;
          readonly stars: '1' | '5';
        }
      >
    >();
    const start: StartOf<typeof feedback> = { meetup: 'm1' };
    expect(start.meetup).toBe('m1');
  });

  it('enter and call require those that are required', () => {
    compiled((state) => {
      state.enter(feedback, { meetup: 'm1' });
      state.enter(feedback, { meetup: 'm1', stars: '5' });
      // @ts-expect-error the parameter is required
      state.enter(feedback);
      // @ts-expect-error Property 'meetup' is missing
      state.enter(feedback, {});
      // @ts-expect-error 'meetp' does not exist. Did you mean to write 'meetup'?
      state.enter(feedback, { meetp: 'm1' });
      // @ts-expect-error no such choice
      state.enter(feedback, { meetup: 'm1', stars: '3' });
      scene('caller').on({
        // @ts-expect-error call requires it too
        handle: ({ call }) => call(feedback, {}),
      });
    });
    expect(feedback.id).toBe('feedback');
  });

  it('a trigger requires the hook `from` where a parameter is required', () => {
    triggered().done(() => {}, { from: (argument) => ({ meetup: argument, stars: '1' }) });
    // @ts-expect-error a command can't know the parameter: hooks with `from` are required
    triggered().done(() => {});
    // @ts-expect-error Property 'from' is missing
    triggered().done(() => {}, { canceled: () => 'Bye.' });
    // @ts-expect-error `from` makes another type
    triggered().done(() => {}, { from: () => ({ meetup: 1 }) });
    flow('optional', { data: typed<{ meetup?: string }>(), trigger: '/feedback' })
      .ask('stars', { prompt: 'Stars?' })
      .done(() => {});
    flow('defaulted', { data: z.object({ unit: z.string().default('kg') }), trigger: '/weight' })
      .ask('weight', { prompt: ({ unit }) => `In ${unit.trim()}?` })
      .done(() => {});
    flow('linked', { data: typed<{ meetup: string }>(), deepLink: 'meetup_' })
      .ask('stars', { prompt: 'Stars?' })
      // @ts-expect-error a deep link can't know it either
      .done(() => {});
  });

  it('a question cannot have the name of a parameter', () => {
    const f = flow('f', { data: typed<{ unit: 'kg' | 'lb'; urgent: boolean }>() });
    // @ts-expect-error This flow already has a step or a parameter 'unit'.
    f.ask('unit', { prompt: 'Unit?' });
    // @ts-expect-error 'tigger' does not exist. Did you mean to write 'trigger'?
    const typo = flow('typo', { tigger: '/typo' }).ask('a', { prompt: 'A?' });
    expect(() => typo.done(() => {})).toThrow('Did you mean "trigger"');
  });

  it('a flow is included with its parameters, and a case of a branch has them', () => {
    const other = flow('other').ask('city', { prompt: 'City?' });
    other.include('opinion', feedback, ({ city }) => ({ meetup: city }));
    // @ts-expect-error the included flow requires `meetup`
    other.include('opinion', feedback);
    // @ts-expect-error not of this type
    other.include('opinion', feedback, () => ({ meetup: 1 }));
    const branched = flow('branched', { data: typed<{ kind: 'a' | 'b'; no: number }>() })
      .branch('kind', { a: (b) => b.ask('x', { prompt: ({ no }) => `${no.toFixed()}?` }) })
      .done((answers) => (answers.kind === 'a' ? answers.x : `${answers.no}`));
    expect(branched.steps.x.id).toBe('branched:x');
  });
});

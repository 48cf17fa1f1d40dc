import { describe, expect, it } from 'vitest';
import { asked, calm, four, midway, queued, swept, throwing, toggles, twice } from './plans.ts';
import { explore, type Mutant, type Scenario } from './turn-model.ts';

const protocol: readonly (readonly [string, Scenario])[] = [
  ['two updates and a redelivery', { turns: toggles, lapses: 1, crashes: 1, lostAnswers: 1 }],
  ['a handler that throws once', { turns: throwing, ...calm, lapses: 1, lostAnswers: 1 }],
  ['three updates, the first of which throws', { turns: queued, ...calm, lapses: 1 }],
  ['four updates', { turns: four, ...calm, lapses: 1 }],
  ['commit() and a throw after it', { turns: midway, ...calm, lapses: 1, lostAnswers: 1 }],
  ['commit() and a second commit', { turns: twice, lapses: 1, crashes: 1, lostAnswers: 1 }],
  [
    'a storage that refuses every lapsed lease',
    { turns: toggles, ...calm, lapses: 1, lostAnswers: 1, refusesLapsed: true },
  ],
  ['a deadline and two sweepers', { turns: swept, ...calm, lapses: 1, hasDeadlines: true }],
  ['a deadline and a dying process', { turns: swept, ...calm, crashes: 1, hasDeadlines: true }],
  ['questions and a dying process', { turns: asked, ...calm, crashes: 1, lostAnswers: 1 }],
  ['questions and a lapsing lease', { turns: asked, ...calm, lapses: 1, lostAnswers: 1 }],
];

const once: Omit<Scenario, 'turns'> = { lapses: 1, crashes: 0, lostAnswers: 1 };
const mutants: readonly (readonly [Mutant, Scenario])[] = [
  ['a storage that fences nothing', { turns: toggles, ...once }],
  [
    'a fence that counts in the record and begins anew when it is cleared',
    { turns: four, ...calm, lapses: 1 },
  ],
  ['a refusal that is believed although an answer was lost before', { turns: toggles, ...once }],
  ['clear() that keeps no ids', { turns: toggles, ...calm, lapses: 1, crashes: 1 }],
  ['the highest id in place of a set', { turns: toggles, ...calm, crashes: 1 }],
  ['a duplicate check before the conversation is taken', { turns: toggles, ...calm, lapses: 1 }],
  ['a release by a stranger that frees the conversation', { turns: queued, ...calm, lapses: 1 }],
  ['taking the conversation and reading an older snapshot of it', { turns: toggles, ...once }],
  ['a lost answer followed by a new turn without a look', { turns: toggles, ...once }],
  ['commit() that does not record the id', { turns: midway, ...once }],
  ['commit() that keeps the same token', { turns: midway, ...once }],
  [
    'a sweeper that does not look again under the lease',
    { turns: swept, ...calm, hasDeadlines: true },
  ],
  ['a second commit that is proven by the id of the first', { turns: twice, ...calm, lapses: 1 }],
  [
    'a question that is not marked as pending until it was said',
    { turns: asked, ...calm, crashes: 1 },
  ],
];

describe('the protocol of a turn, in every order of its steps', () => {
  it.each(protocol)('holds for %s', (_, scenario) => {
    const { violation, trace, states } = explore(scenario);
    expect(violation, trace?.join('\n')).toBe(undefined);
    expect(states).toBeGreaterThan(50);
  });
});

/** Each of these scenarios is one of those above, or a part of one: what is found is the mutant's. */
describe('the model of a turn', () => {
  it.each(mutants)('finds %s', (mutant, scenario) => {
    expect(explore({ ...scenario, mutant }).violation).toEqual(expect.any(String));
  });
});

import { describe, expect, it } from 'vitest';
import { sized } from '../setup/size.ts';
import { asked, midway, swept, throwing, toggles, twice } from './plans.ts';
import { explore, type Scenario } from './turn-model.ts';

const large: readonly (readonly [string, Scenario])[] = [
  ['two updates and a redelivery', { turns: toggles, lapses: 2, crashes: 1, lostAnswers: 2 }],
  [
    'a deadline, two sweepers',
    { turns: swept, lapses: 1, crashes: 1, lostAnswers: 1, hasDeadlines: true },
  ],
  ['commit() and a throw after it', { turns: midway, lapses: 1, crashes: 1, lostAnswers: 1 }],
  ['commit() and a second commit', { turns: twice, lapses: 2, crashes: 1, lostAnswers: 2 }],
  ['a handler that throws once', { turns: throwing, lapses: 2, crashes: 1, lostAnswers: 1 }],
  ['questions', { turns: asked, lapses: 1, crashes: 1, lostAnswers: 1 }],
];

describe('the protocol of a turn, with more faults at once', () => {
  it.each(large.slice(0, sized({ quick: 2, full: large.length })))(
    'holds for %s',
    (_, scenario) => {
      const { violation, trace, states } = explore(scenario);
      expect(violation, trace?.join('\n')).toBe(undefined);
      expect(states).toBeGreaterThan(50);
    },
    3_600_000,
  );
});

import { describe, expect, it } from 'vitest';
import type { ExampleBot } from '../../../../test/stories/example.ts';
import { examples } from '../../../../test/stories/index.ts';
import { type Explored, explore } from '../../src/index.ts';

/** Examples show less of their machines than these have. */
const explored = ({ bot, machine }: ExampleBot) => ({ bot, machine }) as unknown as Explored;

describe.each(['order', 'feedback', 'registration'])('the example %s', (name) => {
  it.each(['grammy', 'telegraf'] as const)('has no faults on %s', async (framework) => {
    const make = examples[name]?.bots[framework];
    const found = await explore(
      (world) => explored((make as NonNullable<typeof make>)({ token: '1:test', ...world })),
      { runs: 60 },
    );
    expect(found.faults, found.report).toEqual([]);
    expect(found.coverage.unvisited).toEqual([]);
  });
});

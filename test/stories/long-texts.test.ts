import { type Explored, explore } from '@telefsm/testing';
import { describe, expect, it } from 'vitest';
import { frameworks } from './example.ts';
import { examples } from './index.ts';

describe.each(Object.entries(examples))('the example %s', (_, { bots, script }) => {
  // what only a script knows: words that lead on
  const texts = [...script.matchAll(/^(?!Bot)\w+(?: in \w+)?: (.*)$/gm)].map(
    ([, text = '']) => text,
  );

  it.each(frameworks)('has no fault on %s, also with the longest texts', async (framework) => {
    const found = await explore(
      (world) => {
        const { bot, machine } = bots[framework]({ token: '1:test', ...world });
        // an example shows less of its machine than it has
        return { bot, machine } as unknown as Explored;
      },
      { runs: 40, longest: 4096, ignore: ['unreachable'], texts: [...new Set(texts)] },
    );
    expect(found.faults, found.report).toEqual([]);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { play } from './play.ts';
import { program } from './program.ts';
import { properties } from './properties.ts';

describe('random programs of a bot', () => {
  it.each(properties)('%s', async (_, property) => {
    await fc.assert(property, { numRuns: 60 });
  });

  it('together reach every handler and hook of the bot', async () => {
    const reached = new Set<string>();
    for (const deeds of fc.sample(program, 300)) {
      const setting = { framework: 'grammY', storage: 'memory', hasInitial: true } as const;
      const { log } = await play(setting, deeds);
      for (const line of log) reached.add(line.split(/ at |: /)[0] as string);
    }
    // a handler that never runs proves nothing
    const places = [
      ...['A', 'A.enter', 'A.leave', 'A.resume', 'B', 'B.enter', 'F.done', 'F.canceled'],
      ...['N', 'N.enter', 'N.leave replaced', 'N.resume', 'N.timeout', 'V', 'V.button'],
      ...['V.leave replaced', 'the bot', 'outside', 'timeout', 'a task after the commit'],
    ];
    expect(places.filter((place) => !reached.has(place))).toEqual([]);
  });
});

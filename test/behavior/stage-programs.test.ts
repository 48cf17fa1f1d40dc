import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { playStage, stageProgram } from './stage-programs.ts';
import { stageFrameworks, telegrafItself } from './stages.ts';

describe('a random program of scenes and wizards', () => {
  beforeAll(() => void vi.useFakeTimers({ toFake: ['Date'] }));
  afterAll(() => void vi.useRealTimers());
  const setTime = (ms: number) => void vi.setSystemTime(ms);

  it.each(stageFrameworks)("does on $name what it does on Telegraf's own stage", async (own) => {
    const seen = { steps: 0, left: 0, catches: 0 };
    await fc.assert(
      fc.asyncProperty(stageProgram, async (program) => {
        const expected = await playStage(telegrafItself, program, setTime);
        fc.pre(!expected.endsWith('endless'));
        expect(await playStage(own, program, setTime)).toBe(expected);
        if (/ step [12]:/.test(expected)) seen.steps++;
        if (/ left:/.test(expected)) seen.left++;
        if (/ catches/.test(expected)) seen.catches++;
      }),
      { numRuns: 300 },
    );
    // the property must have seen what it is about
    for (const count of Object.values(seen)) expect(count).toBeGreaterThan(3);
  });
});

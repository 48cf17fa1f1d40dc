import { describe, expect, it } from 'vitest';
import { frameworks } from './example.ts';
import { examples } from './index.ts';
import { exploredExample, sectionIn, sectionOf, viewExamples } from './view-pages.ts';

describe.each(Object.keys(examples))('the example %s', (name) => {
  it.each(frameworks)('has no fault on %s, also with the longest texts', async (framework) => {
    const found = await exploredExample(name, framework);
    expect(found.faults, found.report).toEqual([]);
    const shown = viewExamples.find((each) => each === name);
    if (shown === undefined) return;
    // its README is stale if this fails: `npm run picture` makes it again
    expect(sectionIn(shown)).toBe(sectionOf(shown, found));
  });
});

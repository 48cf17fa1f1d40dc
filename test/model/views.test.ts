/** Views under random presses, failing edits and dying processes, beside a model of what is shown and stored. */

import fc from 'fast-check';
import { describe, it } from 'vitest';
import { frameworks } from '../behavior/frameworks.ts';
import { storages } from '../behavior/storages.ts';
import { happenings, playViews } from './views-play.ts';

describe.each(frameworks)('views on %s', (_, framework) => {
  it.each(storages)(
    'in %s: what is shown and what is stored agree after the next update',
    async (_, storage) => {
      await fc.assert(
        fc.asyncProperty(happenings, async (given) => {
          await playViews(framework, storage(), given);
        }),
        { numRuns: 40 },
      );
    },
  );
});

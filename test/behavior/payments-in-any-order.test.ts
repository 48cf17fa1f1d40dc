import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { frameworks } from './frameworks.ts';
import { deeds, playDeeds } from './payments-model.ts';
import { storages } from './storages.ts';

describe.each(frameworks)('payments in any order on %s', (_, framework) => {
  it.each(storages)(
    'money is taken only for what is stored as asked, in %s',
    async (_name, storage) => {
      let taken = 0;
      const property = fc.asyncProperty(deeds, async (list) => {
        taken += await playDeeds(framework, { storage: storage() }, list);
      });
      await fc.assert(property, { numRuns: 25 });
      // a model that sees no payment proves nothing
      expect(taken).toBeGreaterThan(5);
    },
  );
});

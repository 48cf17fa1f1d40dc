import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sized } from '../setup/size.ts';
import { frameworks } from './frameworks.ts';
import { deeds, playDeeds } from './payments-model.ts';
import { storages } from './storages.ts';

describe.each(frameworks)('many payments in any order on %s', (_, framework) => {
  it.each(storages)(
    'money is taken only for what is stored as asked, in %s',
    async (_name, storage) => {
      const numRuns = sized({ quick: 500, full: 50_000 });
      let taken = 0;
      const property = fc.asyncProperty(deeds, async (list) => {
        taken += await playDeeds(framework, { storage: storage() }, list);
      });
      await fc.assert(property, { numRuns });
      expect(taken).toBeGreaterThan(numRuns / 20);
    },
    3_600_000,
  );
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sized } from '../setup/size.ts';
import { frameworks } from './frameworks.ts';
import { playRandom } from './random-play.ts';
import { randomDeeds } from './random-updates.ts';
import { storages } from './storages.ts';

describe.each(frameworks)('many random updates on %s, without bot.catch', (_, framework) => {
  it.each(storages)(
    'the bot never stops polling, and /cancel leaves every conversation, in %s',
    async (_name, storage) => {
      const numRuns = sized({ quick: 200, full: 10_000 });
      let sentCount = 0;
      const property = fc.asyncProperty(randomDeeds, async (list) => {
        const calls = await playRandom(framework, { storage: storage() }, list);
        sentCount += calls.filter(({ method }) => method === 'sendMessage').length;
      });
      await fc.assert(property, { numRuns });
      expect(sentCount).toBeGreaterThan(numRuns * 4);
    },
    3_600_000,
  );
});

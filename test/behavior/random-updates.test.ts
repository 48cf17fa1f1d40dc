import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { frameworks } from './frameworks.ts';
import { playRandom } from './random-play.ts';
import { randomDeeds } from './random-updates.ts';
import { storages } from './storages.ts';

describe.each(frameworks)('random updates on %s, without bot.catch', (_, framework) => {
  it.each(storages)(
    'the bot never stops polling, and /cancel leaves every conversation, in %s',
    async (_name, storage) => {
      let sentCount = 0;
      const property = fc.asyncProperty(randomDeeds, async (list) => {
        const calls = await playRandom(framework, { storage: storage() }, list);
        sentCount += calls.filter(({ method }) => method === 'sendMessage').length;
      });
      await fc.assert(property, { numRuns: 12 });
      // a bot that says nothing proves nothing
      expect(sentCount).toBeGreaterThan(50);
    },
    60_000,
  );
});

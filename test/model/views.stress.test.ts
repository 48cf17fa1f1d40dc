/** Views on Redis under random presses, failing edits and dying processes. */

import { redisStorage } from '@telefsm/storage-redis';
import fc from 'fast-check';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { frameworks } from '../behavior/frameworks.ts';
import { freshName, sharedRedis } from '../servers/shared.ts';
import { sized } from '../setup/size.ts';
import { happenings, playViews } from './views-play.ts';

let client: Redis;
beforeAll(async () => {
  client = new Redis((await sharedRedis()).url);
});
afterAll(() => void client.disconnect());

describe.each(frameworks)('views on Redis, on %s', (_, framework) => {
  it('what is shown and what is stored agree after the next update', async () => {
    await fc.assert(
      fc.asyncProperty(happenings, (given) =>
        playViews(framework, redisStorage(client, { prefix: freshName() }), given),
      ),
      { numRuns: sized({ quick: 60, full: 5000 }) },
    );
  }, 3_600_000);
});

/** Messages that come together, over two processes that are killed: each is answered in one turn. Many of them. */

import { afterAll, describe, expect, it } from 'vitest';
import { sized } from '../setup/size.ts';
import { expectOneTurnEach, removeCollectingBots } from './collecting.ts';
import { engineOf, engines } from './servers.ts';

const runs = sized({ quick: 8, full: 300 });

afterAll(removeCollectingBots);

describe.each(engines)('on $name', ({ start }) => {
  const on = engineOf(start);

  it('every message is in exactly one turn, in order', { timeout: runs * 20_000 }, async () => {
    await expect(expectOneTurnEach(on.engine, runs)).resolves.toBeUndefined();
  });
});

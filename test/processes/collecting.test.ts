/** Messages that come together, over two processes that are killed: each is answered in one turn. A small number of them; the large one is in the stress tier. */

import { afterAll, describe, expect, it } from 'vitest';
import { expectOneTurnEach, removeCollectingBots } from './collecting.ts';
import { engineOf, engines } from './servers.ts';

const runs = 4;

afterAll(removeCollectingBots);

describe.each(engines)('on $name', ({ start }) => {
  const on = engineOf(start);

  it('every message is in exactly one turn, in order', { timeout: 60_000 }, async () => {
    await expect(expectOneTurnEach(on.engine, runs)).resolves.toBeUndefined();
  });
});

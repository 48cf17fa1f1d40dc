/** Servers whose operator ends connections, and lets no more in for a moment: no update fails, and none is counted twice. */

import { afterEach, describe, it } from 'vitest';
import { disturbed, expectUnnoticed } from './disturbed.ts';
import { closeAll } from './outages.ts';

const minutes = 60_000;
afterEach(closeAll);

describe.each(disturbed)('on %s', (_, start) => {
  it('connections that an operator ends cost no update', { timeout: 2 * minutes }, async () => {
    const { storage, kill } = await start();
    await expectUnnoticed(storage, async (more) => {
      for (let kills = 0; kills < 10; kills++) {
        await kill();
        await more(5);
      }
    });
  });

  it('a server that has no connection left costs no update', { timeout: 2 * minutes }, async () => {
    const { storage, kill, shutOut, refused } = await start();
    await expectUnnoticed(storage, async (more) => {
      await shutOut(true);
      await kill();
      await refused();
      await shutOut(false);
      await more(20);
    });
  });
});

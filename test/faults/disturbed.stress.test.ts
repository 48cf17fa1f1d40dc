/** Servers whose operator ends connections, and lets no more in or locks what they need for a moment: no update fails, and none is counted twice. */

import { redisStorage } from '@telefsm/storage-redis';
import { afterEach, describe, expect, it } from 'vitest';
import { disturbed, expectUnnoticed, ownRedis } from './disturbed.ts';
import { add, botOn, chat, closeAll, kept } from './outages.ts';

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

describe.each(disturbed.slice(1))('on %s', (_, start) => {
  it('rows that another program locks for too long cost no update', {
    timeout: 2 * minutes,
  }, async () => {
    const { storage, lock, refused } = await start();
    await expectUnnoticed(storage, async (more) => {
      for (let locks = 0; locks < 3; locks++) {
        await lock?.(true);
        await refused();
        await lock?.(false);
        await more(10);
      }
    });
  });
});

it('a Redis that has forgotten everything in the middle of a turn rejects its commit, and counts the redelivery once', async () => {
  const { server, client } = await ownRedis();
  const bot = botOn(redisStorage(client));
  for (const id of [1, 2]) expect(await bot.handle(add(id))).toMatchObject(kept(id));
  const held = bot.holdUp();
  const during = bot.handle({ id: 3, chat, text: 'wait' });
  await held.begun;
  // as a failover to an empty replica does
  await server.kill();
  await server.start();
  held.goOn();
  expect(await during).toMatchObject({ what: 'failed', code: 'LEASE_LOST' });
  for (const id of [3, 3, 4]) expect(await bot.handle(add(id))).toMatchObject(kept(id));
  expect(await bot.tally(chat)).toMatchObject({ count: 2, ids: [3, 4] });
});

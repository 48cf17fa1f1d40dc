/** Messages that come together, over two processes that are killed: each is answered in one turn. Many of them. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sized } from '../setup/size.ts';
import { expectOneTurnEach, removeCollectingBots } from './collecting.ts';
import { engines, type RunningEngine } from './servers.ts';

const runs = sized({ quick: 8, full: 300 });

afterAll(removeCollectingBots);

describe.each(engines)('on $name', ({ start }) => {
  let engine: RunningEngine;
  beforeAll(async () => {
    engine = await start();
  });
  afterAll(() => engine?.close());

  it('every message is in exactly one turn, in order', { timeout: runs * 20_000 }, async () => {
    await expect(expectOneTurnEach(engine, runs)).resolves.toBeUndefined();
  });
});

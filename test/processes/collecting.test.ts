/** Messages that come together, over two processes that are killed: each is answered in one turn. A small number of them; the large one is in the stress tier. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectOneTurnEach, removeCollectingBots } from './collecting.ts';
import { engines, type RunningEngine } from './servers.ts';

const runs = 4;

afterAll(removeCollectingBots);

describe.each(engines)('on $name', ({ start }) => {
  let engine: RunningEngine;
  beforeAll(async () => {
    engine = await start();
  });
  afterAll(() => engine?.close());

  it('every message is in exactly one turn, in order', { timeout: 60_000 }, async () => {
    await expect(expectOneTurnEach(engine, runs)).resolves.toBeUndefined();
  });
});

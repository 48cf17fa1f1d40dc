/** Two processes under load: every update is counted once. */

import { afterAll, beforeAll, describe, it } from 'vitest';
import { countUpdates } from './count-updates.ts';
import { engines, type RunningEngine } from './servers.ts';
import { removeBots } from './stage.ts';

afterAll(removeBots);

describe.each(engines)('two processes on $name', ({ start }) => {
  let engine: RunningEngine;
  beforeAll(async () => {
    engine = await start();
  });
  afterAll(() => engine?.close());

  it('count each of 200 updates of one conversation once', () =>
    countUpdates(engine, { processes: 2, updates: 200, chats: 1 }));

  it('count each of 400 updates of 20 conversations once', () =>
    countUpdates(engine, { processes: 2, updates: 400, chats: 20 }));
});

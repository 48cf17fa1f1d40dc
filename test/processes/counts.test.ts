/** Two processes under load: every update is counted once. */

import { afterAll, describe, it } from 'vitest';
import { countUpdates } from './count-updates.ts';
import { engineOf, engines } from './servers.ts';
import { removeBots } from './stage.ts';

afterAll(removeBots);

describe.each(engines)('two processes on $name', ({ start }) => {
  const on = engineOf(start);

  it('count each of 200 updates of one conversation once', () =>
    countUpdates(on.engine, { processes: 2, updates: 200, chats: 1 }));

  it('count each of 400 updates of 20 conversations once', () =>
    countUpdates(on.engine, { processes: 2, updates: 400, chats: 20 }));
});

/** Many processes and thousands of updates: every update is counted once. */

import { afterAll, describe, it } from 'vitest';
import { sized } from '../setup/size.ts';
import { countUpdates } from './count-updates.ts';
import { engineOf, engines } from './servers.ts';
import { removeBots } from './stage.ts';

const spread = {
  updates: sized({ quick: 5000, full: 50_000 }),
  chats: sized({ quick: 100, full: 500 }),
};
const minutes = 60_000;

afterAll(removeBots);

describe.each(engines)('on $name', ({ start }) => {
  const on = engineOf(start);

  it.each([1, 2, 4])(
    '%i processes count each of 2000 updates of one conversation once',
    { timeout: 10 * minutes },
    (processes) => countUpdates(on.engine, { processes, updates: 2000, chats: 1 }),
  );

  it.each([2, 4])(
    `%i processes count each of ${spread.updates} updates of ${spread.chats} conversations once`,
    { timeout: sized({ quick: 10, full: 60 }) * minutes },
    (processes) => countUpdates(on.engine, { processes, ...spread }),
  );
});

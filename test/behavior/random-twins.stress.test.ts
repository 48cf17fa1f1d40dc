import { describe, it } from 'vitest';
import { sized } from '../setup/size.ts';
import { expectSame, twins } from './random-twins.ts';

describe('after many random updates, a bot has called the same', () => {
  const numRuns = sized({ quick: 30, full: 5_000 });
  it.each(twins)('%s', (_, pair) => expectSame(pair, numRuns), 3_600_000);
});

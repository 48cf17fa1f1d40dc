import { describe, it } from 'vitest';
import { expectSame, twins } from './random-twins.ts';

describe('after random updates, a bot has called the same', () => {
  it.each(twins)('%s', (_, pair) => expectSame(pair, 4), 60_000);
});

/** Thousands of users at once while the database is 100 ms away: nothing is given up, and nothing is sent twice. */

import { expect, it } from 'vitest';
import { burst } from './burst.ts';

it.each([10, 2])(
  'a burst of 2,000 users is handled over %s connections, 100 ms away',
  { timeout: 900_000 },
  async (connections) => {
    const { kept, statements } = await burst(2000, connections, 100);
    expect(kept).toBe(2000);
    expect(statements).toBeLessThanOrEqual(1.05 * 2 * 2000);
  },
);

it('a burst of 8,000 users is handled over 10 connections, nearby', {
  timeout: 900_000,
}, async () => {
  const { kept, statements } = await burst(8000, 10, 0);
  expect(kept).toBe(8000);
  expect(statements).toBeLessThanOrEqual(1.05 * 2 * 8000);
});

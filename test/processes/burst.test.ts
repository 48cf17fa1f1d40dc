/** Many users at once on a small pool: all are handled, and each statement is sent once. */

import { expect, it } from 'vitest';
import { burst } from './burst.ts';

it.each([10, 2])('a burst of 200 users is handled over %s connections', async (connections) => {
  const { kept, statements } = await burst(200, connections, 20);
  expect(kept).toBe(200);
  expect(statements).toBeLessThanOrEqual(1.05 * 2 * 200);
});

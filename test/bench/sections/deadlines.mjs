/** (g) What a tick of the sweeper costs while very many deadlines have not come. */

import { digits, table } from '../tables.mjs';

export const title = 'Deadlines: a tick of the sweeper, in memory';
export const seconds = { quick: 15, full: 60 };

export async function run({ measure, isQuick }) {
  const found = [];
  for (const parked of isQuick ? [1000, 100_000] : [1000, 100_000, 1_000_000]) {
    const one = await measure({ measurement: 'deadlines', parked });
    if (one !== undefined) found.push(one);
  }
  return found;
}

export function render(found) {
  return table(
    [
      'conversations with a deadline',
      'none due: µs a tick',
      'one due: µs a tick',
      'to park one: µs',
    ],
    found.map(({ parked, idle, busy, parking }) => [
      parked,
      digits(idle),
      digits(busy),
      digits(parking),
    ]),
  );
}

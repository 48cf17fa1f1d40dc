/** (h) What the last answers of a conversation of 200 cost against the first. */

import { inRounds } from '../parent.mjs';
import { chosen, systems } from '../registry.mjs';
import { digits, table } from '../tables.mjs';

export const title = 'Long conversations: CPU time of an answer';
export const seconds = { quick: 25, full: 200 };

export async function run({ measure, isQuick, until }) {
  const all = chosen(isQuick, ({ programs }) => programs.includes('long'));
  const found = {};
  await inRounds(all, { rounds: 1, until }, async ({ id, heapShare = 1 }) => {
    const users = Math.ceil((isQuick ? 40 : 200) / heapShare);
    const one = await measure({ measurement: 'long', system: id, users });
    if (one !== undefined) found[id] = one;
  });
  return found;
}

export function render(found) {
  return table(
    ['system', 'answers 1-10: µs', 'answers 191-200: µs', 'last against first'],
    systems
      .filter(({ id }) => found[id])
      .map(({ id }) => {
        const { first, last } = found[id];
        return [id, digits(first), digits(last), `${digits(last / first)}×`];
      }),
  );
}

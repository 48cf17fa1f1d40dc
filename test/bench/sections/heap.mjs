/** (b) Bytes of heap for each conversation that waits for its user. */

import { inRounds } from '../parent.mjs';
import { chosen, isBare, systems } from '../registry.mjs';
import { digits, table } from '../tables.mjs';

export const title = 'Heap: bytes for each open conversation';
export const seconds = { quick: 40, full: 600 };

export async function run({ measure, isQuick, until }) {
  const keeps = (each) => !isBare(each) && each.storages.includes('memory');
  // a switch over the state keeps what branches by state keep
  const all = chosen(isQuick, (each) => keeps(each) && !(isQuick && each.variant === 'switch'));
  const most = isQuick ? 4000 : 100_000;
  const found = {};
  await inRounds(all, { rounds: 1, until }, async ({ id, heapShare = 1 }) => {
    const conversations = most / heapShare;
    const one = await measure({ measurement: 'heap', system: id, conversations });
    if (one !== undefined) found[id] = one;
  });
  return found;
}

export function render(found) {
  const head = [
    'system',
    'conversations',
    'name answered',
    'before the confirmation',
    'left when ended',
  ];
  return table(
    head,
    systems
      .filter(({ id }) => found[id])
      .map(({ id }) => {
        const { conversations, named, parked, ended } = found[id];
        return [id, conversations, digits(named, 0), digits(parked, 0), digits(ended, 0)];
      }),
  );
}

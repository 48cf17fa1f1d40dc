/** (h) What the last answers of a conversation of 200 cost against the first. */

import { inRounds } from '../parent.mjs';
import { chosen, systems } from '../registry.mjs';
import { digits, table } from '../tables.mjs';

export const title = 'Long conversations: CPU time of an answer';
export const seconds = { quick: 25, full: 200 };

const storages = ['memory', 'redis'];

export async function run({ measure, isQuick, until }) {
  const found = { memory: {}, redis: {} };
  const all = storages.flatMap((storage) =>
    chosen(isQuick, (each) => each.programs.includes('long') && each.storages.includes(storage))
      // a conversation that is replayed takes minutes to reach its 200th answer on a server
      .filter(({ heapShare }) => storage === 'memory' || heapShare === undefined)
      .map((system) => ({ ...system, storage })),
  );
  const rounds = { rounds: isQuick ? 1 : 3, until };
  await inRounds(all, rounds, async ({ id, storage, heapShare = 1 }) => {
    const users = Math.ceil((isQuick ? 40 : 200) / heapShare);
    const one = await measure({ measurement: 'long', system: id, storage, users });
    if (one === undefined) return;
    const { first = Infinity, last = Infinity } = found[storage][id] ?? {};
    // the least of the rounds: what disturbs a machine only adds
    found[storage][id] = { first: Math.min(first, one.first), last: Math.min(last, one.last) };
  });
  return found;
}

export function render(found) {
  return table(
    ['system', 'storage', 'answers 1-10: µs', 'answers 191-200: µs', 'last against first'],
    storages.flatMap((storage) =>
      systems
        .filter(({ id }) => found[storage][id])
        .map(({ id }) => {
          const { first, last } = found[storage][id];
          return [id, storage, digits(first), digits(last), `${digits(last / first, 2)}×`];
        }),
    ),
  );
}

/** (h) What the last answers of a conversation of 200 cost against the first. */

import { chosen, systems } from '../registry.mjs';
import { digits, ranged, table } from '../tables.mjs';
import { beside, takeTurns } from '../turns.mjs';

export const title = 'Long conversations: CPU time of an answer';
export const seconds = { quick: 25, full: 300 };

const storages = ['memory', 'redis'];
/** Half of the users give the first answers while the other half give the last. */
const users = { memory: 100, redis: 40 };

export async function run({ open, isQuick, until }) {
  const found = {};
  for (const [at, storage] of storages.entries()) {
    const all = chosen(
      isQuick,
      (each) => each.programs.includes('long') && each.storages.includes(storage),
    )
      // a conversation that is replayed takes minutes to reach its 200th answer on a server
      .filter(({ heapShare }) => storage === 'memory' || heapShare === undefined);
    const now = performance.now();
    const rounds = await takeTurns({
      open,
      jobs: all.map(({ id, heapShare = 1 }) => ({
        of: 'long',
        system: id,
        storage,
        concurrency: 64,
        users: Math.ceil(users[storage] / heapShare),
        warmMs: isQuick ? 0 : 2500,
      })),
      until: now + (until - now) / (storages.length - at),
    });
    found[storage] = Object.fromEntries(
      all.map(({ id }) => [
        id,
        beside(rounds, id, id, 1, {
          first: ({ first }) => first,
          last: ({ last }) => last,
          ratio: ({ first, last }) => last / first,
        }),
      ]),
    );
  }
  return found;
}

export function render(found) {
  return table(
    ['system', 'storage', 'answers 1-10: µs', 'answers 191-200: µs', 'last against first'],
    storages.flatMap((storage) =>
      systems
        .filter(({ id }) => found[storage][id])
        .map(({ id }) => {
          const { first, last, ratio } = found[storage][id];
          return [id, storage, digits(first.median), digits(last.median), ranged(ratio, 2)];
        }),
    ),
  );
}

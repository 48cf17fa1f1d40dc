/** (c) Redis and PostgreSQL: updates a second, and what one update puts on the wire. */

import { chosen, systems } from '../registry.mjs';
import { digits, ranged, rate, table } from '../tables.mjs';
import { beside, speed, takeTurns } from '../turns.mjs';

export const title = 'Redis and PostgreSQL';
export const seconds = { quick: 60, full: 900 };
const storages = {
  redis: { name: 'Redis', floor: 'by hand: Redis two scripts' },
  postgres: { name: 'PostgreSQL', floor: 'by hand: PostgreSQL two statements' },
};

export async function run({ measure, open, isQuick, until, someSystems }) {
  const found = {};
  const concurrencies = isQuick ? [64] : [1, 64];
  const times = isQuick ? { warmMs: 700, chunkMs: 200 } : { warmMs: 3000, chunkMs: 100 };
  const isWanted = ({ id }) => someSystems === undefined || someSystems.includes(id);
  const names = Object.keys(storages).filter((storage) =>
    chosen(isQuick, isWanted).some((each) => each.storages.includes(storage)),
  );
  for (const [at, storage] of names.entries()) {
    const { floor } = storages[storage];
    const own = (each) => each.storages.includes(storage) && (isWanted(each) || each.id === floor);
    const ids = chosen(isQuick, own).map(({ id }) => id);
    const now = performance.now();
    const end = now + (until - now) / (names.length - at);
    const wires = {};
    for (const id of ids) wires[id] = await measure({ measurement: 'wire', system: id, storage });
    const rounds = await takeTurns({
      open,
      jobs: ids.map((system) => ({ system, storage, users: 128, concurrency: 64, ...times })),
      // a quick run has no time to warm up the floor more than once
      ...(isQuick ? {} : { floor }),
      concurrencies,
      until: end,
    });
    found[storage] = Object.fromEntries(
      ids.map((id) => {
        const compared = concurrencies.map((at) => [at, beside(rounds, id, floor, at, speed)]);
        return [id, { wire: wires[id], ...Object.fromEntries(compared) }];
      }),
    );
  }
  return found;
}

export function render(found) {
  return Object.entries(found)
    .map(([storage, of]) => {
      const head = ['system', 'commands', 'round trips', 'bytes out', 'bytes in'];
      if (storage === 'redis') head.push('server µs');
      head.push('1 at once: updates/s', '× floor by hand');
      head.push('64 at once: updates/s', '× floor by hand', 'CPU µs');
      const rows = systems
        .filter(({ id }) => of[id])
        .map(({ id }) => {
          const { wire, 1: one, 64: many } = of[id];
          return [
            id,
            digits(wire?.commands, 2),
            digits(wire?.roundTrips, 2),
            digits(wire?.bytesOut, 0),
            digits(wire?.bytesIn, 0),
            ...(storage === 'redis' ? [digits(wire?.serverMicroseconds, 0)] : []),
            rate(one?.rate.median),
            ranged(one?.ratio, 2),
            rate(many?.rate.median),
            ranged(many?.ratio, 2),
            digits(many?.cpu.median, 0),
          ];
        });
      return `${storages[storage].name}\n\n${table(head, rows)}`;
    })
    .join('\n\n');
}

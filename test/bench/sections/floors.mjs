/** (j) MariaDB and Durable Objects beside the same statements by hand, and beside simpler ones: updates a second, and CPU time. */

import { chosen, systems } from '../registry.mjs';
import { digits, ranged, rate, table } from '../tables.mjs';
import { beside, speed, takeTurns } from '../turns.mjs';

export const title = 'MariaDB and Durable Objects beside their floors';
export const seconds = { quick: 60, full: 600 };

const storages = {
  mariadb: { name: 'MariaDB', floor: 'by hand: the statements of MariaDB', users: 128 },
  objects: {
    name: 'Durable Objects on workerd',
    floor: 'by hand: the requests of Durable Objects',
    // so that a chunk is as short
    users: 64,
  },
};

export async function run({ open, isQuick, until }) {
  const found = {};
  const names = Object.keys(storages);
  const times = isQuick ? { warmMs: 700, chunkMs: 200 } : { warmMs: 6000, chunkMs: 200 };
  for (const [at, storage] of names.entries()) {
    const { floor, users } = storages[storage];
    const isWanted = ({ id, storages }) => storages.includes(storage) && !/nodes|flow/.test(id);
    const ids = chosen(isQuick, isWanted).map(({ id }) => id);
    const now = performance.now();
    const rounds = await takeTurns({
      open,
      jobs: ids.map((system) => ({ system, storage, users, concurrency: 64, ...times })),
      concurrencies: [64],
      until: now + (until - now) / (names.length - at),
    });
    found[storage] = Object.fromEntries(
      ids.map((id) => [id, beside(rounds, id, floor, 64, speed)]),
    );
  }
  return found;
}

export function render(found) {
  return Object.entries(found)
    .map(([storage, of]) => {
      const head = [
        'system',
        '64 at once: updates/s',
        '× floor by hand',
        'CPU µs',
        'CPU µs above the floor',
      ];
      const rows = systems
        .filter(({ id }) => of[id])
        .map(({ id }) => {
          const { rate: updates, ratio, cpu, above } = of[id];
          return [
            id,
            rate(updates.median),
            ranged(ratio, 2),
            digits(cpu.median, 0),
            digits(above.median, 0),
          ];
        });
      return `${storages[storage].name}\n\n${table(head, rows)}`;
    })
    .join('\n\n');
}

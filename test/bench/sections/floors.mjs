/** (j) MariaDB and Durable Objects beside the same statements by hand, and beside simpler ones: updates a second. */

import { inRounds, spread } from '../parent.mjs';
import { chosen, systems } from '../registry.mjs';
import { digits, rate, table } from '../tables.mjs';

export const title = 'MariaDB and Durable Objects beside their floors';
export const seconds = { quick: 60, full: 600 };

const storages = {
  mariadb: { name: 'MariaDB', floor: 'by hand: the statements of MariaDB' },
  objects: {
    name: 'Durable Objects on workerd',
    floor: 'by hand: the requests of Durable Objects',
  },
};

export async function run({ measure, isQuick, until }) {
  const all = Object.keys(storages).flatMap((storage) =>
    chosen(isQuick, ({ id, storages }) => storages.includes(storage) && !/nodes|flow/.test(id)).map(
      ({ id }) => ({ id, storage }),
    ),
  );
  const times = isQuick ? { warmMs: 700, forMs: 500 } : { warmMs: 1500, forMs: 2000 };
  const found = {};
  await inRounds(all, { rounds: isQuick ? 1 : 7, until }, async ({ id, storage }) => {
    const job = { measurement: 'throughput', system: id, storage, concurrency: 64, users: 128 };
    const one = await measure({ ...job, ...times });
    found[storage] ??= {};
    found[storage][id] ??= [];
    if (one !== undefined) found[storage][id].push(one.rate);
  });
  for (const of of Object.values(found))
    for (const [id, rates] of Object.entries(of))
      of[id] = rates.length > 0 ? spread(rates) : undefined;
  return found;
}

export function render(found) {
  return Object.entries(found)
    .map(([storage, of]) => {
      const { name, floor } = storages[storage];
      const rows = systems
        .filter(({ id }) => of[id])
        .map(({ id }) => [
          id,
          rate(of[id].median),
          digits(of[floor] && of[id].median / of[floor].median, 2),
        ]);
      return `${name}\n\n${table(['system', '64 at once: updates/s', '× floor by hand'], rows)}`;
    })
    .join('\n\n');
}

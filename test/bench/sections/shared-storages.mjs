/** (c) Redis and PostgreSQL: updates a second, and what one update puts on the wire. */

import { inRounds, spread } from '../parent.mjs';
import { chosen, systems } from '../registry.mjs';
import { digits, rate, table } from '../tables.mjs';

export const title = 'Redis and PostgreSQL';
export const seconds = { quick: 60, full: 900 };
const concurrencies = [1, 64];
const floors = {
  redis: 'by hand: Redis two scripts',
  postgres: 'by hand: PostgreSQL two statements',
};

export async function run({ measure, isQuick, until }) {
  const found = { redis: {}, postgres: {} };
  const all = Object.keys(found).flatMap((storage) =>
    chosen(isQuick, (each) => each.storages.includes(storage)).map(({ id }) => ({ id, storage })),
  );
  const measured = isQuick ? [64] : concurrencies;
  await inRounds(all, { rounds: isQuick ? 1 : 7, until }, async ({ id, storage }, round) => {
    found[storage][id] ??= { wire: undefined, 1: [], 64: [] };
    const own = found[storage][id];
    const job = { system: id, storage };
    if (round === 0) own.wire = await measure({ measurement: 'wire', ...job });
    for (const concurrency of measured) {
      const times = isQuick ? { warmMs: 700, forMs: 500 } : { warmMs: 1500, forMs: 2000 };
      const one = await measure({
        measurement: 'throughput',
        ...job,
        concurrency,
        users: 128,
        ...times,
      });
      if (one !== undefined) own[concurrency].push(one);
    }
  });
  for (const of of Object.values(found))
    for (const own of Object.values(of))
      for (const concurrency of concurrencies) {
        const all = own[concurrency];
        own[concurrency] =
          all.length > 0
            ? { rate: spread(all.map((one) => one.rate)), cpu: spread(all.map((one) => one.cpu)) }
            : undefined;
      }
  return found;
}

export function render(found) {
  return Object.entries(found)
    .map(([storage, of]) => {
      const floor = of[floors[storage]];
      const head = ['system', 'commands', 'round trips', 'bytes out', 'bytes in'];
      if (storage === 'redis') head.push('server µs');
      head.push('1 at once: updates/s', '64 at once: updates/s', '× floor by hand', 'CPU µs');
      const rows = systems
        .filter(({ id }) => of[id])
        .map(({ id }) => {
          const { wire = {}, 1: one, 64: many } = of[id];
          return [
            id,
            digits(wire?.commands, 2),
            digits(wire?.roundTrips, 2),
            digits(wire?.bytesOut, 0),
            digits(wire?.bytesIn, 0),
            ...(storage === 'redis' ? [digits(wire?.serverMicroseconds, 0)] : []),
            rate(one?.rate.median),
            rate(many?.rate.median),
            digits(many && floor?.[64] && many.rate.median / floor[64].rate.median, 2),
            digits(many?.cpu.median, 0),
          ];
        });
      return `${storage === 'redis' ? 'Redis' : 'PostgreSQL'}\n\n${table(head, rows)}`;
    })
    .join('\n\n');
}

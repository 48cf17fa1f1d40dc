/** (a) What an update costs in memory, one conversation after the other and 64 side by side. */

import { added, timesSession } from '../goals.mjs';
import { inRounds, spread } from '../parent.mjs';
import { chosen, isBare, systems } from '../registry.mjs';
import { digits, ranged, rate, table } from '../tables.mjs';

export const title = 'Memory: CPU time of an update';
export const seconds = { quick: 60, full: 900 };
const concurrencies = [1, 64];

export async function run({ measure, isQuick, until }) {
  const all = chosen(isQuick, (each) => isBare(each) || each.storages.includes('memory'));
  const found = {};
  const rounds = { rounds: isQuick ? 3 : 9, until };
  await inRounds(all, rounds, async ({ id }) => {
    for (const concurrency of concurrencies) {
      // whoever is slow is warm after fewer updates: by time, so that none is measured while it is being compiled
      const times = isQuick ? { warmMs: 400, forMs: 250 } : { warmMs: 2500, forMs: 2000 };
      const one = await measure({ measurement: 'throughput', system: id, concurrency, ...times });
      if (one === undefined) continue;
      found[id] ??= {};
      found[id][concurrency] ??= [];
      found[id][concurrency].push(one);
    }
  });
  return Object.fromEntries(
    Object.entries(found).map(([id, runs]) => [
      id,
      Object.fromEntries(
        Object.entries(runs).map(([concurrency, all]) => [
          concurrency,
          { rate: spread(all.map((one) => one.rate)), cpu: spread(all.map((one) => one.cpu)) },
        ]),
      ),
    ]),
  );
}

export function render(found) {
  const head = ['system'];
  for (const concurrency of concurrencies) {
    const at = `${concurrency} at once`;
    head.push(
      `${at}: µs an update`,
      'added to the bare framework',
      '× what its session adds',
      'updates/s',
    );
  }
  const rows = systems
    .filter(({ id }) => found[id])
    .map((system) => [
      system.id,
      ...concurrencies.flatMap((concurrency) => {
        const { id } = system;
        const { cpu, rate: speed } = found[id][concurrency] ?? {};
        return [
          ranged(cpu),
          isBare(system) ? '–' : digits(added(found, id, concurrency)),
          isBare(system) ? '–' : digits(timesSession(found, id, concurrency), 2),
          rate(speed?.median),
        ];
      }),
    ]);
  return table(head, rows);
}

/** (a) What an update costs in memory, one conversation after the other and 64 side by side. */

import { added, timesSession } from '../goals.mjs';
import { chosen, isBare, systems } from '../registry.mjs';
import { digits, ranged, rate, table } from '../tables.mjs';
import { beside, speed, takeTurns } from '../turns.mjs';

export const title = 'Memory: CPU time of an update';
export const seconds = { quick: 60, full: 900 };
const concurrencies = [1, 64];

export async function run({ open, isQuick, until }) {
  const all = chosen(isQuick, (each) => isBare(each) || each.storages.includes('memory'));
  // whoever is slow is warm after fewer updates: by time, so that none is measured while it is being compiled
  const times = isQuick ? { warmMs: 400, chunkMs: 100 } : { warmMs: 2500, chunkMs: 200 };
  const rounds = await takeTurns({
    open,
    jobs: all.map(({ id }) => ({ system: id, concurrency: 1, ...times })),
    concurrencies,
    until,
  });
  return Object.fromEntries(
    all.map(({ id, bare }) => {
      const compared = concurrencies.map((at) => [at, beside(rounds, id, bare, at, speed)]);
      return [id, Object.fromEntries(compared)];
    }),
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

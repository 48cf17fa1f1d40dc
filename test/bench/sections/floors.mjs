/** (j) MariaDB and Durable Objects beside the same statements by hand, and beside simpler ones: updates a second, and CPU time. */

import { spread } from '../parent.mjs';
import { chosen, systems } from '../registry.mjs';
import { digits, ranged, rate, table } from '../tables.mjs';

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

/** About how long a series takes: a third of it warms up. */
const secondsOfSeries = 50;

export async function run({ open, isQuick, until }) {
  const found = {};
  const names = Object.keys(storages);
  for (const [at, storage] of names.entries()) {
    const now = performance.now();
    const end = now + (until - now) / (names.length - at);
    found[storage] = await besideFloor({ open, isQuick, storage, until: end });
  }
  return found;
}

/** All systems of a storage, in several series: V8 compiles and places objects anew in each process. */
async function besideFloor({ open, isQuick, storage, until }) {
  const rounds = [];
  const series = Math.max(1, Math.floor((until - performance.now()) / secondsOfSeries / 1000));
  for (let at = 0; at < series; at++) {
    const now = performance.now();
    const end = now + (until - now) / (series - at);
    rounds.push(...(await oneSeries({ open, isQuick, storage, until: end })));
  }
  const floorOf = (round) => round.get(storages[storage].floor);
  const all = {};
  for (const { id } of systems) {
    const own = rounds.filter((round) => round.has(id) && floorOf(round) !== undefined);
    if (own.length === 0) continue;
    const of = (read) => spread(own.map((round) => read(round.get(id), floorOf(round))));
    all[id] = {
      rate: of((one) => one.rate),
      ratio: of((one, floor) => one.rate / floor.rate),
      cpu: of((one) => one.cpu),
      above: of((one, floor) => one.cpu - floor.cpu),
    };
  }
  return all;
}

/**
 * Processes side by side that take turns in short chunks: what disturbs the machine disturbs all of them.
 *
 * @returns for each round, what it found by system
 */
async function oneSeries({ open, isQuick, storage, until }) {
  const times = isQuick ? { warmMs: 700, chunkMs: 200 } : { warmMs: 2500, chunkMs: 200 };
  const job = { storage, concurrency: 64, users: storages[storage].users, ...times };
  const opened = [];
  const isWanted = ({ id, storages }) => storages.includes(storage) && !/nodes|flow/.test(id);
  for (const { id } of chosen(isQuick, isWanted)) {
    const running = await open({ system: id, ...job });
    if (running !== undefined) opened.push({ id, running });
  }
  const rounds = [];
  let asked = opened;
  do {
    const round = new Map();
    const order = rounds.length % 2 === 0 ? asked : asked.toReversed();
    for (const { id, running } of order) {
      const one = await running.chunk();
      if (one !== undefined) round.set(id, one);
    }
    rounds.push(round);
    // a process that has failed is named once, and left out
    asked = asked.filter(({ id }) => round.has(id));
  } while (asked.length > 0 && performance.now() < until);
  for (const { running } of opened) await running.close();
  return rounds;
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

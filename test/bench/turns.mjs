/** Processes side by side that take turns in short chunks: what disturbs the machine disturbs all of them. */

import { spread } from './parent.mjs';

/** About how long a series takes: some of it warms up. */
const secondsOfSeries = { ofAll: 120, ofGroup: 60 };
/** So many systems take turns with their floor: of more, each would be measured seconds after the floor, and fewer rounds would fit. */
const mostBeside = 4;

/**
 * Lets systems take turns, in several series: V8 compiles and places objects anew in each process.
 *
 * @param {object} options
 * @param options.open - of the run
 * @param {readonly { system: string }[]} options.jobs - one for each system
 * @param {string} [options.floor] - the system that all others are compared with; then few at a time take turns with it
 * @param {readonly number[]} [options.concurrencies] - a round has a chunk of each
 * @param {number} options.until - by `performance.now()`; there is one round at least
 * @returns for each round what it found: by system, by concurrency
 */
export async function takeTurns({ until, jobs, floor, ...options }) {
  const rounds = [];
  const groups = floor === undefined ? [jobs] : groupsBeside(jobs, floor);
  const seconds = (until - performance.now()) / 1000 / groups.length;
  const { ofAll, ofGroup } = secondsOfSeries;
  const repeats = Math.max(1, Math.round(seconds / (floor === undefined ? ofAll : ofGroup)));
  const series = Array.from({ length: repeats }, () => groups).flat();
  for (const [at, group] of series.entries()) {
    const now = performance.now();
    const end = now + (until - now) / (series.length - at);
    rounds.push(...(await oneSeries({ until: end, jobs: group, ...options })));
  }
  return rounds;
}

/** Groups of few systems, each with the floor; telefsm's own of one framework stay together, since they are compared with each other too. */
function groupsBeside(jobs, floor) {
  const floorJobs = jobs.filter(({ system }) => system === floor);
  const others = jobs.filter(({ system }) => system !== floor).sort((a, b) => kin(a) - kin(b));
  const size = Math.ceil(others.length / Math.ceil(others.length / mostBeside));
  const groups = [];
  for (let at = 0; at < others.length; at += size) {
    groups.push([...floorJobs, ...others.slice(at, at + size)]);
  }
  return groups;
}

const kin = ({ system }) =>
  system.startsWith('telefsm') ? (system.endsWith('telegraf') ? 2 : 1) : 0;

async function oneSeries({ open, jobs, concurrencies = [1], until }) {
  const opened = [];
  for (const job of jobs) {
    const running = await open(job);
    if (running !== undefined) opened.push({ id: job.system, running });
  }
  const rounds = [];
  let asked = opened;
  do {
    const round = new Map();
    const order = rounds.length % 2 === 0 ? asked : asked.toReversed();
    for (const concurrency of concurrencies) {
      for (const { id, running } of order) {
        const one = await running.chunk({ concurrency });
        if (one !== undefined) round.set(id, { ...round.get(id), [concurrency]: one });
      }
    }
    rounds.push(round);
    // a process that has failed is named once, and left out
    asked = asked.filter(({ id }) => concurrencies.every((each) => round.get(id)?.[each]));
  } while (asked.length > 0 && performance.now() < until);
  for (const { running } of opened) await running.close();
  return rounds;
}

/**
 * What the rounds found of one system, each time beside what the same round found of another.
 *
 * @param {string} id
 * @param {string} other - with which it is compared
 * @param {number} concurrency
 * @param {Record<string, (own: object, other: object) => number>} read - the numbers, by name
 * @returns {Record<string, import('./parent.mjs').Spread> | undefined} the spread of each; `undefined` without a round that has both
 */
export function beside(rounds, id, other, concurrency, read) {
  const pairs = rounds
    .map((round) => [round.get(id)?.[concurrency], round.get(other)?.[concurrency]])
    .filter(([one, another]) => one !== undefined && another !== undefined);
  if (pairs.length === 0) return undefined;
  const entries = Object.entries(read).map(([name, of]) => [
    name,
    spread(pairs.map(([one, another]) => of(one, another))),
  ]);
  return Object.fromEntries(entries);
}

/** Updates a second, their ratio to the other's, µs of CPU time of an update, and how many more than the other's. */
export const speed = {
  rate: ({ rate }) => rate,
  ratio: ({ rate }, other) => rate / other.rate,
  cpu: ({ cpu }) => cpu,
  above: ({ cpu }, other) => cpu - other.cpu,
};

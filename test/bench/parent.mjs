/** Starts measurements in processes of their own, one after the other, and keeps to a budget of time. */

import { spawn, spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';

const child = fileURLToPath(new URL('child.mjs', import.meta.url));
/** On the last core only, where the system can do that: what runs on the others disturbs less. */
const pinned =
  spawnSync('taskset', ['--version']).status === 0
    ? ['taskset', '--cpu-list', String(availableParallelism() - 1)]
    : [];
/** Measurements of CPU time in one process; the others talk with servers or start processes themselves. */
const alone = new Set(['throughput', 'dispatch', 'long', 'press', 'heap', 'deadlines']);
/** Ms after which a measurement is given up. */
const patience = 300_000;

/**
 * @typedef {object} Runs
 * @property {(job: object) => Promise<any>} measure - one measurement; `undefined` if it failed, which is noted
 * @property {readonly string[]} failures - what failed, for the reader
 */

/** @returns {Runs} */
export function startRuns(servers) {
  const failures = [];
  return {
    failures,
    async measure(job) {
      const { redisPort, postgresUrl, mariadbUrl, objectsUrl } = servers;
      const result = await inProcess({ redisPort, postgresUrl, mariadbUrl, objectsUrl, ...job });
      if ('value' in result) return result.value;
      failures.push(`${job.system ?? job.measurement} (${job.measurement}): ${result.error}`);
      return undefined;
    },
  };
}

async function inProcess(job) {
  const flags = ['--expose-gc', '--max-old-space-size=6000'];
  const env = { ...process.env, NODE_ENV: 'production' };
  delete env.DEBUG;
  const isAlone = alone.has(job.measurement) && (job.storage ?? 'memory') === 'memory';
  const [program, ...args] = [
    ...(isAlone ? pinned : []),
    process.execPath,
    ...flags,
    child,
    JSON.stringify(job),
  ];
  const started = spawn(program, args, { env });
  let output = '';
  let errors = '';
  started.stdout.on('data', (chunk) => {
    output += chunk;
  });
  started.stderr.on('data', (chunk) => {
    errors += chunk;
  });
  const timer = setTimeout(() => started.kill('SIGKILL'), patience);
  await new Promise((resolve) => started.once('close', resolve));
  clearTimeout(timer);
  const last = output.trim().split('\n').pop();
  try {
    return { value: JSON.parse(last) };
  } catch {
    const error = /^\w*Error.*$/m.exec(errors)?.[0] ?? errors.trim().split('\n')[0];
    return { error: error || 'it gave no result' };
  }
}

/**
 * Does rounds until there are enough or the time is over, at least one. Each round has the systems in another order, so that what
 * disturbs the machine for a while does not disturb one of them.
 *
 * @param systems - what each round goes through
 * @param options - `rounds` at most; `until`, by `performance.now()`
 * @param each - measures one of them
 */
export async function inRounds(systems, { rounds, until }, each) {
  for (let round = 0; round < rounds; round++) {
    if (round > 0 && performance.now() > until) return;
    const turn = (round * 7) % systems.length;
    const order = [...systems.slice(turn), ...systems.slice(0, turn)];
    if (round % 2 === 1) order.reverse();
    for (const system of order) {
      if (round > 0 && performance.now() > until) break;
      await each(system, round);
    }
  }
}

/** The middle of some numbers, and how far they lie apart. */
export function spread(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const median =
    sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  return { median, low: sorted[0], high: sorted[sorted.length - 1], runs: sorted.length };
}

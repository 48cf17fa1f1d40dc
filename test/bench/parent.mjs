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
const alone = new Set(['chunks', 'profile', 'dispatch', 'heap', 'deadlines']);
/** Ms after which a measurement is given up. */
const patience = 300_000;

/**
 * @typedef {object} Runs
 * @property {(job: object) => Promise<any>} measure - one measurement; `undefined` if it failed, which is noted
 * @property {(job: object) => Promise<any>} open - a process that measures one chunk whenever it is asked to; `undefined` if it failed, which is noted
 * @property {readonly string[]} failures - what failed, for the reader
 */

/** @returns {Runs} */
export function startRuns(servers) {
  const { redisPort, postgresUrl, mariadbUrl, objectsUrl } = servers;
  const complete = (job) => ({ redisPort, postgresUrl, mariadbUrl, objectsUrl, ...job });
  const failures = [];
  const note = ({ system, measurement }, error) =>
    failures.push(`${system ?? measurement} (${measurement}): ${error}`);
  return {
    failures,
    async measure(job) {
      const result = await inProcess(complete(job));
      if ('value' in result) return result.value;
      note(job, result.error);
      return undefined;
    },
    async open(given) {
      const job = { measurement: 'chunks', of: 'throughput', ...given };
      const noted = (error) => note(job, error.message);
      try {
        const { chunk, close } = await openProcess(complete(job));
        return { chunk: (wanted) => chunk(wanted).catch((error) => void noted(error)), close };
      } catch (error) {
        noted(error);
        return undefined;
      }
    },
  };
}

/** Starts the process of a measurement. */
function start(job, stdio) {
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
  const started = spawn(program, args, { env, stdio });
  const found = { started, output: '', errors: '' };
  started.stdout.on('data', (chunk) => {
    found.output += chunk;
  });
  started.stderr.on('data', (chunk) => {
    found.errors += chunk;
  });
  return found;
}

const errorIn = (errors) => /^\w*Error.*$/m.exec(errors)?.[0] ?? errors.trim().split('\n')[0];

async function inProcess(job) {
  const running = start(job, 'pipe');
  const { started } = running;
  const timer = setTimeout(() => started.kill('SIGKILL'), patience);
  await new Promise((resolve) => started.once('close', resolve));
  clearTimeout(timer);
  const last = running.output.trim().split('\n').pop();
  try {
    return { value: JSON.parse(last) };
  } catch {
    return { error: errorIn(running.errors) || 'it gave no result' };
  }
}

/**
 * A process that measures whenever it is asked to: two that take turns share every disturbance of the machine.
 *
 * @returns how to ask it for its next chunk, and how to end it
 */
async function openProcess(job) {
  const running = start(job, ['pipe', 'pipe', 'pipe', 'ipc']);
  const { started } = running;
  const closed = new Promise((resolve) => started.once('close', resolve));
  const ended = closed.then(() => {
    throw new Error(errorIn(running.errors) || 'it ended');
  });
  ended.catch(() => {});
  const answer = () => {
    const timer = setTimeout(() => started.kill('SIGKILL'), patience);
    const answered = new Promise((resolve) => started.once('message', resolve));
    return Promise.race([answered, ended]).finally(() => clearTimeout(timer));
  };
  await answer();
  return {
    chunk(wanted) {
      // one that has ended cannot be asked; its error is the answer
      if (started.connected) started.send(wanted);
      return answer();
    },
    close() {
      if (started.connected) started.send('end');
      return closed;
    },
  };
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

/** @typedef {{ median: number, low: number, high: number, runs: number }} Spread */

/**
 * The middle of some numbers, and how far they lie apart.
 *
 * @returns {Spread}
 */
export function spread(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const median =
    sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  return { median, low: sorted[0], high: sorted[sorted.length - 1], runs: sorted.length };
}

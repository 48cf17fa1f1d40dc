/** (l) Where the time of an update goes: telefsm beside the code that its goals compare it with. */

import { inRounds } from '../parent.mjs';
import { digits, table } from '../tables.mjs';

export const title = 'Where the time goes';
export const seconds = { quick: 20, full: 180 };

const inMemory = { of: 'throughput', storage: 'memory', concurrency: 1 };
const onRedis = { of: 'throughput', storage: 'redis', concurrency: 64 };
const onPostgres = { of: 'throughput', storage: 'postgres', concurrency: 64 };
/** The program of the section on buttons, in place of the forms. */
const buttons = { of: 'press', storage: 'memory' };

/** What is measured, and where. */
const rows = [
  ['by hand: Map', inMemory],
  ['grammy session', inMemory],
  ['telefsm switch, grammy', inMemory],
  ['telefsm states, grammy', inMemory],
  ['telefsm nodes, grammy', inMemory],
  ['telefsm flow, grammy', inMemory],
  ['telefsm tree, grammy', inMemory],
  ['telegraf session', inMemory],
  ['telefsm switch, telegraf', inMemory],
  ['by hand: Redis two scripts', onRedis],
  ['telefsm states, grammy', onRedis],
  ['by hand: Redis two scripts, by node-redis', onRedis],
  ['telefsm states, grammy, by node-redis', onRedis],
  ['telefsm flow, grammy', onRedis],
  ['by hand: PostgreSQL two statements', onPostgres],
  ['telefsm states, grammy', onPostgres],
  ['telefsm flow, grammy', onPostgres],
  ['grammy session', buttons],
  ['telefsm nodes, grammy', buttons],
  ['telefsm view, grammy', buttons],
].map(([id, where]) => ({ id, where }));

const places = { memory: 'memory', redis: 'Redis', postgres: 'PostgreSQL' };

/** The owners of `profile.mjs`, and the heads of their columns. */
const columns = {
  framework: 'framework',
  telefsm: 'telefsm',
  driver: 'driver',
  Node: "Node's library",
  native: 'V8, system',
  garbage: 'garbage collection',
  bench: 'handlers, bench',
};

export async function run({ measure, isQuick, until }) {
  const times = isQuick ? { warmMs: 700, forMs: 700 } : { warmMs: 2500, forMs: 4000 };
  const found = [];
  // a quick run shows what a lease costs
  const wanted = isQuick ? rows.filter(({ where }) => where === onRedis) : rows;
  await inRounds(wanted, { rounds: 1, until }, async ({ id, where }) => {
    const job = { measurement: 'profile', system: id, users: 128 };
    const one = await measure({ ...job, ...where, ...times });
    const { storage, of } = where;
    if (one !== undefined) found.push({ id, storage, of, ...one });
  });
  return found;
}

export function render(found) {
  const head = ['system', 'storage', 'µs an update', ...Object.values(columns)];
  const lines = found.map(({ id, storage, of, cpu, shares }) => [
    id,
    of === 'press' ? 'memory, buttons' : places[storage],
    digits(cpu),
    ...Object.keys(columns).map((own) => digits((shares[own] ?? 0) * cpu)),
  ]);
  return table(head, lines);
}

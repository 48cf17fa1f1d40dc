/** The goals that the project set itself, and the last measurements; `page.mjs` shows them. */

import { readFileSync } from 'node:fs';
import bundles from '../../.size-limit.mjs';
import { digits } from './tables.mjs';

/**
 * @typedef {object} Goal
 * @property {string} section - of the measurements that it is read from
 * @property {string} what
 * @property {number} goal
 * @property {'most' | 'least'} bound
 * @property {string} unit - behind the number
 * @property {number} [places] - behind the point
 * @property {(found: any) => number | undefined} read
 */

/** CPU time that a system adds to its bare framework in the same round, in µs. */
export function added(memory, id, atOnce = 1) {
  return memory[id]?.[atOnce]?.above.median;
}

/** How many times what the framework's own session adds. */
export function timesSession(memory, id, atOnce = 1) {
  const framework = id.startsWith('telegraf') || id.endsWith(', telegraf') ? 'telegraf' : 'grammy';
  return divided(added(memory, id, atOnce), added(memory, `${framework} session`, atOnce));
}

const divided = (one, other) => (one === undefined || !other ? undefined : one / other);
/** The rate of a system, by that of code by hand in the same round. */
const ratio = (of, id, atOnce) => of?.[id]?.[atOnce]?.ratio.median;
const against = (storage, id, other, atOnce) => (found) =>
  divided(ratio(found[storage], id, atOnce), ratio(found[storage], other, atOnce));
const session = (id, what, goal) => ({
  section: 'memory',
  what: `memory, ${what}: CPU time added, compared with the framework's own session`,
  goal,
  bound: 'most',
  unit: ' ×',
  places: 2,
  read: (found) => timesSession(found, id),
});
const floor = (storage, name, what, atOnce, goal, id, other) => ({
  section: 'storages',
  what: `${name}, ${what}, ${atOnce === 1 ? 'one update at a time' : `${atOnce} at once`}`,
  goal,
  bound: 'least',
  unit: ' ×',
  places: 2,
  read: against(storage, id, other, atOnce),
});
const sameStatements = (storage, name) => ({
  section: 'floors',
  what: `${name}, throughput compared with the same statements by hand, 64 at once`,
  goal: 0.85,
  bound: 'least',
  unit: ' ×',
  places: 2,
  read: (found) => found[storage]?.[states]?.ratio?.median,
});
const onRedis = 'by hand: Redis two scripts';
const onPostgres = 'by hand: PostgreSQL two statements';
const states = 'telefsm states, grammy';
const flow = 'telefsm flow, grammy';
const long = (id, storage, what) => ({
  section: 'long',
  what: `the 200th answer of ${what}: CPU time, compared with the first`,
  goal: 1.2,
  bound: 'most',
  unit: ' ×',
  places: 2,
  read: (found) => found[storage]?.[id]?.ratio?.median,
});
const json = (path) => JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'));
/** The files and functions that an update enters, as `npm run entered` has counted them. */
export const entered = json('../checks/entered.json');
/** How many types the compiler instantiates, as `npm run counts` has counted them. */
const instantiations = json('../checks/instantiations.json');
/** A number that a check counts and guards, so that no measurement is needed. */
const exact = (what, goal, unit, value, places = 0) => ({
  section: undefined,
  what,
  goal,
  bound: 'most',
  unit,
  places,
  read: () => value,
});
const counted = (name, of, goal) =>
  exact(`${of} that ${name} runs through`, goal, '', entered[name][of]);
/** A bundle without the framework; what is shown is the limit that `npm run size` guards. */
const bundle = (name, goal) => {
  const { limit } = bundles.find((each) => each.name === name);
  return exact(`bundle of ${name}, gzipped`, goal, ' kB', Number.parseFloat(limit), 1);
};

/** @type {readonly Goal[]} */
export const goals = [
  session('telefsm switch, grammy', 'grammY', 0.4),
  session('telefsm switch, telegraf', 'Telegraf', 0.6),
  session('telefsm nodes, grammy', 'nodes', 1.5),
  session(flow, 'a flow', 2),
  session('telefsm tree, grammy', 'a command tree', 2),
  {
    section: 'memory',
    what: 'memory: CPU time above a bare `Map` with the same handlers and no guarantee',
    goal: 1,
    bound: 'most',
    unit: ' µs',
    places: 1,
    read: (found) =>
      found['telefsm switch, grammy'] &&
      added(found, 'telefsm switch, grammy') - added(found, 'by hand: Map'),
  },
  floor('redis', 'Redis', 'throughput compared with two scripts by hand', 64, 0.9, states, onRedis),
  floor('redis', 'Redis', 'throughput compared with two scripts by hand', 1, 0.9, states, onRedis),
  ...[64, 1].map((atOnce) =>
    floor(
      'redis',
      'Redis with `redis` instead of `ioredis`',
      'throughput compared with two scripts by hand',
      atOnce,
      0.9,
      `${states}, by node-redis`,
      `${onRedis}, by node-redis`,
    ),
  ),
  floor('redis', 'Redis', 'a flow compared with states', 64, 0.75, flow, states),
  floor(
    'postgres',
    'PostgreSQL',
    'throughput compared with two statements by hand',
    64,
    0.9,
    states,
    onPostgres,
  ),
  floor(
    'postgres',
    'PostgreSQL',
    'throughput compared with two statements by hand',
    1,
    0.9,
    states,
    onPostgres,
  ),
  floor('postgres', 'PostgreSQL', 'a flow compared with states', 64, 0.75, flow, states),
  long(states, 'memory', 'states in memory'),
  long(flow, 'memory', 'a flow in memory'),
  long(states, 'redis', 'states on Redis'),
  long(flow, 'redis', 'a flow on Redis'),
  {
    section: 'press',
    what: "a press of a view's button: CPU time, compared with a plain answer of a node",
    goal: 2,
    bound: 'most',
    unit: ' ×',
    places: 2,
    read: (found) => found['telefsm view, grammy']?.times?.median,
  },
  {
    section: 'heap',
    what: 'memory of a form that waits for its user',
    goal: 450,
    bound: 'most',
    unit: ' B',
    places: 0,
    read: (found) => found[states]?.parked,
  },
  {
    section: 'dispatch',
    what: 'an update in the last of 1,000 states, compared with 10 states',
    goal: 1.1,
    bound: 'most',
    unit: ' ×',
    places: 2,
    read: (found) => divided(found[states]?.[1000]?.median, found[states]?.[10]?.median),
  },
  {
    section: 'races',
    what: 'increments lost by pairs of simultaneous messages, on every storage',
    goal: 0,
    bound: 'most',
    unit: '',
    places: 0,
    read: ({ of }) =>
      of[states] &&
      Object.values(of[states])
        .filter(Boolean)
        .reduce((sum, { lost }) => sum + lost, 0),
  },
  {
    section: 'startup',
    what: "import of a bot with states, over the framework's own",
    goal: 10,
    bound: 'most',
    unit: ' ms',
    places: 0,
    read: (found) => found[states]?.importAdded?.ms,
  },
  sameStatements('mariadb', 'MariaDB'),
  sameStatements('objects', 'Durable Objects'),
  counted('a plain text in memory', 'files', 16),
  counted('a plain text in memory', 'functions', 65),
  counted('an answer of a flow on SQLite', 'files', 26),
  counted('an answer of a flow on SQLite', 'functions', 120),
  bundle('a bot with states', 17),
  bundle('a bot with states, production', 14.5),
  bundle('a bot with states on Redis', 20),
  bundle('a bot with states on Redis, production', 17.5),
  bundle('a bot with a flow', 29),
  bundle('a bot with a flow, production', 26),
  bundle('keyValueStorage alone', 1),
  exact(
    'types that the compiler instantiates for 120 filters by state, beside filters of a bare bot',
    120_000,
    '',
    instantiations['120 filters by state, beside filters of a bare bot'],
  ),
  exact(
    'types that it instantiates for 480 branches by state, compared with 120',
    4,
    ' ×',
    instantiations['480 branches by state'] / instantiations['120 branches by state'],
    2,
  ),
  exact(
    'types that it instantiates for a flow of 80 steps',
    25_000,
    '',
    instantiations['a flow of 80 steps'],
  ),
];

/** Each goal with what was found: `holds` is undefined where it was not measured. */
export function reached(results) {
  return goals.map((goal) => {
    const { section, bound, unit, places = 0, read } = goal;
    const found = section === undefined ? {} : results.sections[section]?.found;
    const value = found === undefined ? undefined : read(found);
    const holds =
      value === undefined ? undefined : bound === 'most' ? value <= goal.goal : value >= goal.goal;
    const shown = value === undefined ? 'not measured' : `${digits(value, places)}${unit}`;
    return { ...goal, value, holds, shown };
  });
}

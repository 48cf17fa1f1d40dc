/** Every system that is measured: what it is compared with, what it can do, and where its code is. */

/**
 * @typedef {object} System
 * @property {string} id
 * @property {'grammY' | 'Telegraf'} framework
 * @property {string} bare - the system without memory that it is compared with
 * @property {readonly ('memory' | 'redis' | 'postgres' | 'mariadb' | 'objects')[]} storages - none for a bare system
 * @property {readonly import('./workload/programs.mjs').Program[]} programs
 * @property {string} [variant] - told to `create`
 * @property {boolean} [reenters] - its dispatch program ends after each answer and is begun anew
 * @property {'ioredis' | 'redis'} [client] - the package of its client of Redis; `ioredis` unless it is given
 * @property {boolean} [isTwin] - left out of a quick run
 * @property {number} [heapShare] - measured with so much fewer conversations, where each takes long
 * @property {readonly string[]} [packages] - what a bot installs, for sizes and start-up
 * @property {string} [uses] - an import that uses what the form needs, for the bundle; without it everything is taken
 * @property {() => Promise<{ create(options: Options): Promise<Running> }>} load
 *
 * @typedef {object} Options
 * @property {import('./workload/programs.mjs').Program} program
 * @property {'memory' | 'redis' | 'postgres' | 'mariadb' | 'objects'} storage
 * @property {string} [variant]
 * @property {number} n - states of the dispatch program
 * @property {'after' | 'across'} mode - of the race
 * @property {number} delay - ms, of the race
 * @property {string} prefix - begins all keys
 * @property {(chat: number, text: string, payload?: object) => void} sent - to be told of each call
 * @property {() => import('ioredis').Redis | import('redis').RedisClientType} redis
 * @property {() => import('pg').Pool} postgres
 * @property {() => import('mysql2/promise').Pool} mariadb
 * @property {string} objects - the address of the Worker of `workload/objects-worker.mjs`
 *
 * @typedef {object} Running
 * @property {(update: object) => Promise<unknown>} handle - resolves when the update has been handled and kept
 * @property {() => unknown} [close]
 */

const grammy = { framework: 'grammY', bare: 'grammy' };
const telegraf = { framework: 'Telegraf', bare: 'telegraf' };
const all = ['memory', 'redis', 'postgres', 'mariadb', 'objects'];

/** @type {readonly System[]} */
export const systems = [
  {
    id: 'grammy',
    ...grammy,
    storages: [],
    programs: [],
    packages: ['grammy'],
    load: () => import('./systems/grammy-bare.mjs'),
  },
  ...[
    ['by hand: Map', 'map', 'memory', 'long'],
    ['by hand: Map of copies', 'copy', 'memory', 'long'],
    ['by hand: Redis GET+SET', 'getset', 'redis'],
    ['by hand: Redis two scripts', 'scripts', 'redis', 'long'],
    ['by hand: PostgreSQL two statements', 'row', 'postgres'],
    ['by hand: MariaDB two statements', 'procedure', 'mariadb'],
    ['by hand: Durable Object two requests', 'object', 'objects'],
    ['by hand: the statements of MariaDB', 'statements', 'mariadb'],
    ['by hand: the requests of Durable Objects', 'statements', 'objects'],
  ].map(([id, variant, storage, ...more]) => ({
    id,
    ...grammy,
    storages: [storage],
    programs: ['form', 'race', ...more],
    variant,
    load: () => import('./systems/grammy-by-hand.mjs'),
  })),
  {
    id: 'by hand: Redis two scripts, by node-redis',
    ...grammy,
    storages: ['redis'],
    programs: ['form'],
    variant: 'scripts',
    client: 'redis',
    isTwin: true,
    load: () => import('./systems/grammy-by-hand.mjs'),
  },
  {
    id: 'grammy session',
    ...grammy,
    storages: ['memory', 'redis'],
    programs: ['form', 'dispatch', 'race', 'long', 'press'],
    packages: ['grammy', '@grammyjs/storage-redis'],
    load: () => import('./systems/grammy-session.mjs'),
  },
  {
    id: 'grammy session + sequentialize',
    ...grammy,
    storages: ['memory', 'redis'],
    programs: ['form', 'race'],
    variant: 'sequentialize',
    packages: ['grammy', '@grammyjs/runner'],
    load: () => import('./systems/grammy-session.mjs'),
  },
  {
    id: 'grammy session + redis-semaphore',
    ...grammy,
    storages: ['redis'],
    programs: ['form', 'race'],
    variant: 'semaphore',
    load: () => import('./systems/grammy-session.mjs'),
  },
  {
    id: 'grammy router',
    ...grammy,
    storages: ['memory', 'redis'],
    programs: ['form', 'dispatch', 'race'],
    packages: ['grammy', '@grammyjs/router'],
    load: () => import('./systems/grammy-router.mjs'),
  },
  {
    id: 'grammy-scenes',
    ...grammy,
    storages: ['memory', 'redis'],
    programs: ['form', 'dispatch', 'race'],
    packages: ['grammy', 'grammy-scenes'],
    load: () => import('./systems/grammy-scenes.mjs'),
  },
  {
    id: 'grammy conversations',
    ...grammy,
    storages: ['memory', 'redis'],
    programs: ['form', 'dispatch', 'race', 'long'],
    reenters: true,
    heapShare: 10,
    packages: ['grammy', '@grammyjs/conversations'],
    load: () => import('./systems/grammy-conversations.mjs'),
  },
  ...telefsm('grammy', grammy, () => import('./systems/telefsm-grammy.mjs')),
  {
    id: 'telefsm states, grammy, by node-redis',
    ...grammy,
    storages: ['redis'],
    programs: ['form'],
    variant: 'states',
    client: 'redis',
    isTwin: true,
    load: () => import('./systems/telefsm-grammy.mjs'),
  },
  {
    id: 'telegraf',
    ...telegraf,
    storages: [],
    programs: [],
    packages: ['telegraf'],
    load: () => import('./systems/telegraf-bare.mjs'),
  },
  {
    id: 'telegraf session',
    ...telegraf,
    storages: ['memory', 'redis'],
    programs: ['form', 'dispatch', 'race', 'long'],
    load: () => import('./systems/telegraf-session.mjs'),
  },
  {
    id: 'telegraf wizard',
    ...telegraf,
    storages: ['memory', 'redis'],
    programs: ['form', 'dispatch', 'race'],
    variant: 'telegraf',
    load: () => import('./systems/telegraf-wizard.mjs'),
  },
  {
    id: 'telefsm wizard, telegraf',
    ...telegraf,
    storages: all,
    programs: ['form', 'dispatch', 'race'],
    variant: 'telefsm',
    packages: ['telegraf', '@telefsm/telegraf', '@telefsm/core'],
    uses: "export { Scenes, session } from '@telefsm/telegraf/scenes';",
    load: () => import('./systems/telegraf-wizard.mjs'),
  },
  ...telefsm('telegraf', telegraf, () => import('./systems/telefsm-telegraf.mjs')),
];

/** telefsm on one framework: by a switch over the state, by branches, by nodes, as a flow, as a command tree. */
function telefsm(framework, shared, load) {
  const own = (variant, rest) => ({
    id: `telefsm ${variant}, ${framework}`,
    ...shared,
    variant,
    load,
    ...rest,
  });
  const isTwin = framework === 'telegraf';
  const packages = [framework, `@telefsm/${framework}`, '@telefsm/core'];
  return [
    own('switch', { storages: ['memory'], programs: ['form'] }),
    own('states', {
      storages: all,
      programs: ['form', 'dispatch', 'race', 'long'],
      packages,
      uses: `export { FsmComposer, fsm, state, states } from '@telefsm/${framework}';`,
    }),
    own('view', { isTwin, storages: [], programs: ['press'] }),
    own('nodes', {
      isTwin,
      storages: all,
      programs: ['form', 'press'],
      packages,
      uses: `export { fsm, scene } from '@telefsm/${framework}';`,
    }),
    own('flow', {
      isTwin,
      storages: all,
      programs: ['form', 'long'],
      packages,
      uses: `export { fsm, flow, invalid } from '@telefsm/${framework}';`,
    }),
    own('tree', {
      isTwin,
      storages: ['memory'],
      programs: ['form'],
      packages: [...packages, '@telefsm/commands'],
      uses: `export { fsm } from '@telefsm/${framework}'; export { commandTree } from '@telefsm/commands';`,
    }),
  ];
}

/**
 * The systems of a mode that pass a test. A quick run leaves out twins: what they run behind the framework is what their sibling on the other
 * framework runs.
 */
export function chosen(isQuick, test) {
  return systems.filter((system) => !(isQuick && system.isTwin) && test(system));
}

/** The system of an id. */
export function systemOf(id) {
  const found = systems.find((system) => system.id === id);
  if (found === undefined) throw new Error(`There is no system '${id}'.`);
  return found;
}

/** Whether a system remembers anything. */
export const isBare = (system) => system.bare === system.id;

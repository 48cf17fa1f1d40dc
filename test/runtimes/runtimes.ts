/** The runtimes that telefsm runs on, the programs of each, and what a runtime cannot do. */

import { isFull } from '../setup/stress-size.ts';

/** A runtime of the registry: the folder name of its package in the cache, and how it runs a script. */
export interface Runtime {
  readonly name: string;
  /** Name and exact version of the package that ships the binary for this platform. */
  readonly install: readonly [name: string, spec: string];
  /** The binary, relative to the package. */
  readonly binary: string;
  /** Arguments that come before the script. */
  readonly args: readonly string[];
}

const cpu = process.arch === 'arm64' ? 'arm64' : 'x64';
const node = (line: string, version: string): Runtime => ({
  name: `Node ${line}`,
  install: [`node-${line}`, `npm:node-linux-${cpu}@${version}`],
  binary: 'bin/node',
  args: ['--no-warnings'],
});

const lines: readonly Runtime[] = [
  node('20', '20.20.2'),
  node('22', '22.23.5'),
  node('24', '24.22.3'),
  node('26', '26.12.1'),
];

const bunCpu = cpu === 'arm64' ? 'aarch64' : 'x64';
/** Runtimes that are not Node: Bun, then Deno. */
export const others: readonly Runtime[] = [
  {
    name: 'Bun 1.4',
    install: [`@oven/bun-linux-${bunCpu}`, '1.4.5'],
    binary: 'bin/bun',
    args: ['run'],
  },
  {
    name: 'Deno 2.9',
    install: [`@deno/linux-${cpu}-glibc`, '2.9.6'],
    binary: 'deno',
    args: ['run', '--allow-all', '--node-modules-dir=manual'],
  },
];

/** All runtimes, as the docs list them. */
export const allRuntimes: readonly Runtime[] = [...lines, ...others];

/** The Node lines of this run: the oldest and the newest, or all if `TELEFSM_STRESS` is `full`. */
export const nodes: readonly Runtime[] = isFull
  ? lines
  : lines.filter((_, at) => at === 0 || at === lines.length - 1);

/** The runtimes of this run. */
export const runtimes: readonly Runtime[] = [...nodes, ...others];

/** The oldest and the newest Node of this run. */
export const [oldestNode, newestNode] = [nodes.at(0), nodes.at(-1)] as [Runtime, Runtime];

/** Edge workers: miniflare starts workerd, on Node 22 or newer. */
export const workerd: Readonly<Record<string, string>> = { miniflare: '4.20260730.0' };

/** A script of `programs`, with its arguments and the row that it has in the docs. */
export interface Program {
  readonly title: string;
  readonly script: string;
  readonly args: readonly string[];
}

const program = (title: string, script: string, ...args: string[]): Program => ({
  title,
  script: `${script}.mjs`,
  args,
});

/** The storages of the conversations, by their names in the docs. */
const storages = {
  memory: 'memory',
  SQLite: 'sqlite',
  Redis: 'redis',
  PostgreSQL: 'postgres',
  MariaDB: 'mariadb',
} as const;

export const programs: readonly Program[] = [
  program('quick start, grammY', 'quick-start', 'grammy'),
  program('quick start, Telegraf', 'quick-start', 'telegraf'),
  program('flow, grammY', 'flow', 'grammy'),
  program('flow, Telegraf', 'flow', 'telegraf'),
  program('file upload, grammY', 'upload', 'grammy'),
  program('file upload, Telegraf', 'upload', 'telegraf'),
  ...Object.entries(storages).flatMap(([name, storage]) => [
    program(`conversation on ${name}, grammY`, 'conversation', 'grammy', storage),
    program(`conversation on ${name}, Telegraf`, 'conversation', 'telegraf', storage),
  ]),
  program('SQLite from a path', 'sqlite-path'),
  program('storage contract, `node:sqlite`', 'contract-sqlite', 'node:sqlite'),
  program('storage contract, `bun:sqlite`', 'contract-sqlite', 'bun:sqlite'),
  program('storage contract, `libsql`', 'contract-sqlite', 'libsql'),
  program('storage contract, PostgreSQL by `pg`', 'contract-sql', 'pg'),
  program('storage contract, PostgreSQL by `postgres`', 'contract-sql', 'postgres'),
  program('storage contract, PostgreSQL by `Bun.SQL`', 'contract-sql', 'bun'),
  program('storage contract, MariaDB by `mysql2`', 'contract-sql', 'mysql2'),
  program('storage contract, Redis by `ioredis`', 'contract-redis', 'ioredis'),
  program('storage contract, Redis by `redis`', 'contract-redis', 'redis'),
  program('storage contract, Redis by `Bun.RedisClient`', 'contract-redis', 'bun'),
];

/** A feature that a runtime does not support. Each entry is tried, and must fail with its error. */
export interface Impossible {
  readonly runtime: string;
  readonly program: string;
  /** Shown in the docs. */
  readonly reason: string;
  readonly error: RegExp;
}

const noBunSqlite = (runtime: string): Impossible => ({
  runtime,
  program: 'storage contract, `bun:sqlite`',
  reason: 'only Bun has `bun:sqlite`',
  error: /bun:sqlite/,
});

const noBunPackage = (runtime: string, client: string, storage: string): Impossible => ({
  runtime,
  program: `storage contract, ${storage} by \`${client}\``,
  reason: `only Bun has \`${client}\``,
  error: /Cannot find package 'bun'|Import "bun" not a dependency/,
});

export const impossible: readonly Impossible[] = [
  {
    runtime: 'Node 20',
    program: 'storage contract, `node:sqlite`',
    reason: '`node:sqlite` needs Node 22.13',
    error: /No such built-in module: node:sqlite/,
  },
  ...['Node 26', 'Bun 1.4', 'Deno 2.9'].map((runtime) => ({
    runtime,
    program: 'file upload, Telegraf',
    reason:
      'uploads of Telegraf 4.16.3 never end on Node 26, Bun and Deno, with or without telefsm',
    error: /The upload hangs/,
  })),
  ...[...lines.map(({ name }) => name), 'Deno 2.9'].flatMap((name) => [
    noBunSqlite(name),
    noBunPackage(name, 'Bun.SQL', 'PostgreSQL'),
    noBunPackage(name, 'Bun.RedisClient', 'Redis'),
  ]),
];

/** Unit tests of the workspace that cannot pass on a runtime. Each is tried there by itself, and must fail. */
export const impossibleUnits: readonly Omit<Impossible, 'error'>[] = [
  {
    runtime: 'Node 26',
    program: 'packages/testing/test/telegraf-uploads.test.ts',
    reason: 'uploads of Telegraf 4.16.3 never end on Node 26, with or without telefsm',
  },
];

/** (i) What parked conversations, updates and contention cost each storage. */

import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';
import { digits, table } from '../tables.mjs';

export const title = 'Servers: parked conversations, idle polls and contention';
export const seconds = { quick: 60, full: 900 };

/** Loads a file of the sources, as the tests do. */
async function load(name) {
  const conditions = ['@telefsm/source', 'module', 'node', 'production'];
  const { module } = await runnerImport(fileURLToPath(new URL(`../${name}.ts`, import.meta.url)), {
    configFile: false,
    logLevel: 'error',
    resolve: { conditions },
    ssr: { noExternal: [/^@telefsm\//], resolve: { conditions } },
  });
  return module;
}

export async function run({ isQuick, servers }) {
  const { onRedis, onPostgres, onSqlite } = await load('parked');
  const { contention } = await load('contention');
  const parked = isQuick ? 5000 : 200_000;
  const rounds = isQuick ? 7 : 50;
  const { redisPort, postgresUrl } = servers;
  const path = join(tmpdir(), `telefsm-bench-${process.pid}.db`);
  const addresses = {
    Redis: { engine: 'redis', port: redisPort, space: 'contention' },
    PostgreSQL: { engine: 'postgres', url: postgresUrl, space: 'contention' },
    SQLite: { engine: 'sqlite', path },
  };
  const measured = { Redis: onRedis, PostgreSQL: onPostgres, SQLite: onSqlite };
  const found = { parked };
  for (const [engine, measure] of Object.entries(measured)) {
    found[engine] = {
      ...(await measure(parked)),
      'ten updates over two processes ÷ one': await contention(addresses[engine], rounds),
    };
  }
  for (const end of ['', '-wal', '-shm']) await rm(path + end, { force: true });
  return found;
}

/** The measurements on docs/scaling.md, by the name of the block. */
export function scalingBlocks({ parked, Redis, PostgreSQL, SQLite }) {
  const perCore = (µs) => `${Math.round(10_000 / µs) * 100}`.replace(/(?=\d{3}$)/, ',');
  const poll = 'µs of the server for a poll that finds nothing';
  const none = 'µs of the same with nothing parked';
  const update = 'µs of the server for an update';
  const [onSqlite, pollSqlite] = [
    'µs of the process for an update, machine and all',
    'µs of the process for a poll that finds nothing',
  ];
  const [row, index] = ['bytes of the row', 'bytes of indexes'];
  const plain = PostgreSQL[row] + PostgreSQL[index];
  const withDeadline = PostgreSQL[`${row} with deadline`] + PostgreSQL[`${index} with deadline`];
  const bytes = (number) => number.toFixed(0);
  const gigabytes = (number) => `${(number / 100).toFixed(1)} GB`;
  const contended = (facts) => `${facts['ten updates over two processes ÷ one'].toFixed(1)} ×`;
  return {
    'scaling: updates': table(
      ['CPU time', 'an update', 'two empty scripts or statements', 'one core handles about'],
      [
        ['Redis', Redis[update], Redis['µs of the server for two empty scripts']],
        ['PostgreSQL', PostgreSQL[update], PostgreSQL['µs of the server for two empty statements']],
        ['SQLite, in the process of the bot', SQLite[onSqlite]],
      ].map(([name, own, empty]) => [
        name,
        `${bytes(own)} µs`,
        empty === undefined ? '–' : `${bytes(empty)} µs`,
        `${perCore(own)} updates a second`,
      ]),
    ),
    'scaling: parked': table(
      ['', 'Redis', 'PostgreSQL', 'SQLite'],
      [
        [
          'bytes of a parked conversation',
          bytes(Redis['bytes without deadline']),
          bytes(plain),
          bytes(SQLite['bytes of the file']),
        ],
        [
          'bytes with a deadline',
          bytes(Redis['bytes with deadline']),
          bytes(withDeadline),
          'not measured',
        ],
        [
          'ten million, with deadlines',
          `${gigabytes(Redis['bytes with deadline'])} of memory`,
          `${gigabytes(withDeadline)} of disk`,
          `${gigabytes(SQLite['bytes of the file'])} of disk`,
        ],
        [
          `a poll for due deadlines that finds nothing, ${parked} parked`,
          ...[Redis[poll], PostgreSQL[poll], SQLite[pollSqlite]].map((µs) => `${bytes(µs)} µs`),
        ],
        [
          'the same, nothing parked',
          `${bytes(Redis[none])} µs`,
          `${bytes(PostgreSQL[none])} µs`,
          'not measured',
        ],
        [
          'ten updates of one conversation in two processes: time compared with one process',
          ...[Redis, PostgreSQL, SQLite].map(contended),
        ],
      ],
    ),
  };
}

export function render({ parked, ...engines }) {
  return Object.entries(engines)
    .map(([engine, facts]) => {
      const rows = Object.entries(facts).map(([name, value]) => [name, digits(value)]);
      return `${engine}, ${parked} parked\n\n${table(['', 'value'], rows)}`;
    })
    .join('\n\n');
}

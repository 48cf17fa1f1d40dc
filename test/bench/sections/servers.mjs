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

export function render({ parked, ...engines }) {
  return Object.entries(engines)
    .map(([engine, facts]) => {
      const rows = Object.entries(facts).map(([name, value]) => [name, digits(value)]);
      return `${engine}, ${parked} parked\n\n${table(['', 'value'], rows)}`;
    })
    .join('\n\n');
}

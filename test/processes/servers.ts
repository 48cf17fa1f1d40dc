/** A real server, or a file, for each engine. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type PostgresServer, startPostgres } from '../servers/postgres.ts';
import { type RedisServer, startRedis } from '../servers/redis.ts';
import type { Address } from './engines.ts';

/** One engine that runs. */
export interface RunningEngine {
  /** A place without conversations. */
  newAddress(): Address;
  close(): Promise<void>;
}

/** The engines that several processes can share. */
export const engines: readonly {
  readonly name: Address['engine'];
  start(): Promise<RunningEngine>;
}[] = [
  {
    name: 'redis',
    start: async () => overRedis(await startRedis()),
  },
  {
    name: 'postgres',
    start: async () => overPostgres(await startPostgres()),
  },
  { name: 'sqlite', start: startSqlite },
];

let spaces = 0;

function overRedis(server: RedisServer): RunningEngine {
  return {
    newAddress: () => ({ engine: 'redis', port: server.port, space: `t${++spaces}` }),
    close: () => server.kill(),
  };
}

function overPostgres(server: PostgresServer): RunningEngine {
  return {
    newAddress: () => ({ engine: 'postgres', url: server.url, space: `t${++spaces}` }),
    close: () => server.close(),
  };
}

async function startSqlite(): Promise<RunningEngine> {
  const folder = await mkdtemp(join(tmpdir(), 'telefsm-processes-'));
  return {
    newAddress: () => ({ engine: 'sqlite', path: join(folder, `t${++spaces}.db`) }),
    close: () => rm(folder, { recursive: true, force: true }),
  };
}

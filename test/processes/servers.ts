/** The run's shared server, or a file, for each engine. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { freshName, sharedMariadb, sharedPostgres, sharedRedis } from '../servers/shared.ts';
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
  { name: 'redis', start: overRedis },
  { name: 'postgres', start: overPostgres },
  { name: 'mariadb', start: overMariadb },
  { name: 'sqlite', start: startSqlite },
];

/** Runs an engine for the tests of a `describe`. */
export function engineOf(start: () => Promise<RunningEngine>): { readonly engine: RunningEngine } {
  const running = {} as { engine: RunningEngine };
  beforeAll(async () => {
    running.engine = await start();
  });
  afterAll(() => running.engine?.close());
  return running;
}

async function overRedis(): Promise<RunningEngine> {
  const { port } = await sharedRedis();
  return {
    newAddress: () => ({ engine: 'redis', port, space: freshName() }),
    close: async () => {},
  };
}

async function overPostgres(): Promise<RunningEngine> {
  const { url } = await sharedPostgres();
  return {
    newAddress: () => ({ engine: 'postgres', url, space: freshName() }),
    close: async () => {},
  };
}

async function overMariadb(): Promise<RunningEngine> {
  const { url } = await sharedMariadb();
  return {
    newAddress: () => ({ engine: 'mariadb', url, space: freshName() }),
    close: async () => {},
  };
}

async function startSqlite(): Promise<RunningEngine> {
  const folder = await mkdtemp(join(tmpdir(), 'telefsm-processes-'));
  return {
    newAddress: () => ({ engine: 'sqlite', path: join(folder, `${freshName()}.db`) }),
    close: () => rm(folder, { recursive: true, force: true }),
  };
}

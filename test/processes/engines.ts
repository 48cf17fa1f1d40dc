/** The storages of these tests by their address, which another process can be told. */

import type { Clock, FsmStorage } from '@telefsm/core';
import { mysqlStorage } from '@telefsm/storage-mysql';
import { postgresStorage } from '@telefsm/storage-postgres';
import { redisStorage } from '@telefsm/storage-redis';
import { sqliteStorage } from '@telefsm/storage-sqlite';
import { Redis } from 'ioredis';
import { createPool } from 'mysql2/promise';
import pg from 'pg';

/** Where conversations are kept; `space` keeps tests on one server apart. */
export type Address =
  | { readonly engine: 'redis'; readonly port: number; readonly space: string }
  | { readonly engine: 'postgres'; readonly url: string; readonly space: string }
  | { readonly engine: 'mariadb'; readonly url: string; readonly space: string }
  | { readonly engine: 'sqlite'; readonly path: string };

/** An opened storage with the client that was handed to it. */
export interface Opened {
  readonly storage: FsmStorage;
  close(): Promise<void>;
}

/**
 * Opens a storage as a bot does.
 *
 * @param clock - tells the time of the host, for an engine that has no server
 */
export function open(address: Address, clock?: Clock): Opened {
  switch (address.engine) {
    case 'redis': {
      const client = new Redis({ port: address.port, host: '127.0.0.1' });
      // a bot logs these; the storage's calls are what is looked at here
      client.on('error', () => {});
      const storage = redisStorage(client, { prefix: address.space });
      return closing(storage, async () => client.disconnect());
    }
    case 'postgres': {
      const pool = new pg.Pool({ connectionString: address.url, max: 4 });
      const storage = postgresStorage(pool, { schema: address.space });
      return closing(storage, () => pool.end());
    }
    case 'mariadb': {
      const pool = createPool({ uri: address.url, connectionLimit: 4 });
      return closing(mysqlStorage(pool, { table: address.space }), () => pool.end());
    }
    case 'sqlite':
      return closing(sqliteStorage(address.path, clock && { clock }), async () => {});
  }
}

function closing(storage: FsmStorage, end: () => Promise<void>): Opened {
  return {
    storage,
    async close() {
      await storage.close?.();
      await end();
    },
  };
}

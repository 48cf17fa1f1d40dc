/** Options of storages: a misspelled one, or one of the client's, is named and not ignored. */

import { memoryStorage } from '@telefsm/core';
import { durableObjectStorage } from '@telefsm/storage-cloudflare';
import { mysqlStorage } from '@telefsm/storage-mysql';
import { postgresStorage } from '@telefsm/storage-postgres';
import { redisStorage } from '@telefsm/storage-redis';
import { sqliteStorage } from '@telefsm/storage-sqlite';
import { Redis } from 'ioredis';
import { createPool } from 'mysql2';
import { Pool } from 'pg';
import { describe, expect, it } from 'vitest';

// none of them connects
const redis = new Redis({ lazyConnect: true });
const pool = new Pool();
const mysql = createPool({});
const namespace = { idFromName: () => ({}), get: () => ({}) } as never;

describe('an option that does not exist', () => {
  it.each<[string, (options: object) => unknown, string]>([
    ['memoryStorage', (options) => memoryStorage(options), 'clock, maxEntries'],
    ['redisStorage', (options) => redisStorage(redis, options), 'prefix, buckets'],
    ['postgresStorage', (options) => postgresStorage(pool, options), 'schema, table'],
    ['mysqlStorage', (options) => mysqlStorage(mysql, options), 'database, table'],
    ['sqliteStorage', (options) => sqliteStorage(':memory:', options), 'clock, synchronous'],
    ['durableObjectStorage', (options) => durableObjectStorage(namespace, options), 'shards'],
  ])('is rejected by %s, which names its own', (_, make, known) => {
    expect(() => make({ keyPrefix: 'my-bot:' })).toThrow(
      expect.objectContaining({
        code: 'INVALID_OPTION',
        details: {
          option: 'keyPrefix',
          expected: expect.stringContaining(known),
          found: 'unknown',
        },
      }),
    );
  });
});

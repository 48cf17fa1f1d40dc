/** Servers that refuse or go away for a moment: the bot is told by a code, nothing is lost, and it goes on without a restart. */

import type { FsmStorage } from '@telefsm/core';
import { postgresStorage } from '@telefsm/storage-postgres';
import { redisStorage } from '@telefsm/storage-redis';
import { Redis } from 'ioredis';
import pg from 'pg';
import { afterEach, describe, expect, it } from 'vitest';
import { updateOf } from '../processes/counting-bot.ts';
import { startRedis } from '../servers/redis.ts';
import { sharedPostgres } from '../servers/shared.ts';
import {
  absences,
  add,
  type Breakable,
  botOn,
  chat,
  closeAll,
  expectCutsHarmless,
  expectReported,
  isReadOnly,
  kept,
  mariadb,
  postgres,
  redis,
  sqlite,
  toClose,
} from './outages.ts';

const minutes = 60_000;
afterEach(closeAll);

const refusals: readonly (readonly [string, () => Promise<Breakable>])[] = [
  [
    'Redis has no memory left',
    () =>
      redis(
        (server) => server.command('CONFIG', 'SET', 'maxmemory', 1),
        (server) => server.command('CONFIG', 'SET', 'maxmemory', 0),
      ),
  ],
  [
    'PostgreSQL is read-only',
    () =>
      postgres(
        (_, query, pool) =>
          query('alter system set default_transaction_read_only = on').then(() =>
            isReadOnly(pool, 'on'),
          ),
        (_, query, pool) =>
          query('alter system reset default_transaction_read_only').then(() =>
            isReadOnly(pool, 'off'),
          ),
      ),
  ],
  [
    'a right on a table of PostgreSQL was revoked',
    () => {
      const role = (verb: string) => `${verb} on telefsm_conversation`;
      return postgres(
        (_, query) => query(`${role('revoke update')} from bot`),
        (_, query) => query(`${role('grant update')} to bot`),
        'bot',
      );
    },
  ],
  [
    'Redis has become a read-only replica',
    () =>
      redis(
        (server) => server.command('REPLICAOF', '127.0.0.1', 1),
        (server) => server.command('REPLICAOF', 'NO', 'ONE'),
      ),
  ],
  [
    'Redis has taken a right away',
    () =>
      redis(
        (server) => server.command('ACL', 'SETUSER', 'default', '-hset'),
        (server) => server.command('ACL', 'SETUSER', 'default', '+@all'),
      ),
  ],
  ['MariaDB is read-only', () => mariadb('set global read_only = 1', 'set global read_only = 0')],
  [
    'a right on a table of MariaDB was revoked',
    () =>
      mariadb(
        "revoke update on bot.telefsm_conversation from bot@'%'",
        "grant update on bot.telefsm_conversation to bot@'%'",
      ),
  ],
  ['SQLite is read-only', () => sqlite('pragma query_only = 1', 'pragma query_only = 0')],
];

describe('a storage that rejects', () => {
  it.each(refusals)(
    'because %s is reported, loses nothing, and works when it is mended',
    { timeout: 2 * minutes },
    (_, start) => expectReported(start),
  );
});

describe('a server that is away', () => {
  it.each(absences)(
    'for a moment is not noticed by an update on its way: %s',
    { timeout: 3 * minutes },
    async (_, start) => {
      const { storage, break: breaks, mend } = await start();
      const bot = botOn(storage, 60_000);
      expect(await bot.handle(add(1))).toMatchObject(kept(1));
      const held = bot.holdUp();
      const during = bot.handle({ id: 2, chat, text: 'wait' });
      await held.begun;
      await breaks();
      const others = [3, 4].map((id) => bot.handle({ ...add(id), chat: id }));
      held.goOn();
      await mend();
      expect(await during).toMatchObject(kept(2));
      expect(await Promise.all(others)).toMatchObject([kept(3), kept(4)]);
      expect(await bot.tally(chat)).toMatchObject({ count: 2, ids: [1, 2] });
    },
  );
});

const misconfigured: readonly (readonly [string, string, () => Promise<FsmStorage>])[] = [
  [
    'a wrong password of Redis',
    'WRONGPASS|NOAUTH',
    async () => {
      const server = await startRedis({ password: 'right' });
      const client = new Redis({ port: server.port, password: 'wrong' });
      client.on('error', () => {});
      toClose.push(
        () => server.kill(),
        () => client.disconnect(),
      );
      return redisStorage(client);
    },
  ],
  [
    'a database that PostgreSQL does not have',
    'does not exist',
    async () => {
      const server = await sharedPostgres();
      const pool = new pg.Pool({ connectionString: server.url.replace(/\w+$/, 'nowhere') });
      toClose.push(() => pool.end());
      return postgresStorage(pool);
    },
  ],
  [
    'a port where nothing listens',
    'ECONNREFUSED',
    async () => {
      const pool = new pg.Pool({ host: '127.0.0.1', port: 1 });
      toClose.push(() => pool.end());
      return postgresStorage(pool);
    },
  ],
];

it.each(misconfigured)(
  '%s is reported with its cause',
  { timeout: minutes },
  async (_, cause, start) => {
    const { machine } = botOn(await start());
    const bot = { id: 1, call: async () => true };
    const failure = await machine.handle(updateOf(add(1)), bot).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'STORAGE_FAILED' });
    expect(String((failure as Error).cause)).toMatch(new RegExp(cause));
  },
);

it.each(['Redis', 'PostgreSQL', 'MariaDB'] as const)(
  'five cut connections cost no update: %s',
  { timeout: minutes },
  (engine) => expectCutsHarmless(engine, 5),
);

/** What operators and other programs do to a server while a bot works. */

import type { FsmStorage } from '@telefsm/core';
import { migrateMysql, mysqlStorage } from '@telefsm/storage-mysql';
import { migratePostgres, postgresStorage } from '@telefsm/storage-postgres';
import { redisStorage } from '@telefsm/storage-redis';
import { Redis } from 'ioredis';
import { createPool, type RowDataPacket } from 'mysql2/promise';
import pg from 'pg';
import { expect } from 'vitest';
import { startMariadb } from '../servers/mariadb.ts';
import { startPostgres } from '../servers/postgres.ts';
import { startRedis } from '../servers/redis.ts';
import { until } from '../servers/until.ts';
import { botOn, load, toClose } from './outages.ts';

/** A bot's storage, and an operator beside it. */
export interface Disturbable {
  readonly storage: FsmStorage;
  /** Ends every connection of the bot. */
  kill(): Promise<void>;
  /** Lets no further connection of the bot in, or lets them in again. */
  shutOut(on: boolean): Promise<void>;
  /** Locks all conversations for another program, for longer than the server lets a statement wait; or unlocks them. */
  lock?(on: boolean): Promise<void>;
  /** Resolves when the bot was refused a connection or a lock. */
  refused(): Promise<void>;
}

/** A storage whose failed requests are counted: when a server gets busy, all of them may be commits. */
function counted(storage: FsmStorage) {
  let failures = 0;
  const counting = async <T>(asked: T): Promise<Awaited<T>> => {
    try {
      return await asked;
    } catch (error) {
      failures++;
      throw error;
    }
  };
  const counted: FsmStorage = {
    ...storage,
    acquire: (...parameters) => counting(storage.acquire(...parameters)),
    commit: (...parameters) => counting(storage.commit(...parameters)),
  };
  const refused = async () => {
    const before = failures;
    await until(() => failures > before);
  };
  return { storage: counted, refused };
}

/** A Redis of its own, and a client of it; both are ended by `closeAll`. */
export async function ownRedis() {
  const server = await startRedis();
  const client = new Redis(server.port);
  client.on('error', () => {});
  toClose.push(
    () => server.kill(),
    () => client.disconnect(),
  );
  return { server, client };
}

/** A Redis and its operator. */
async function overRedis(): Promise<Disturbable> {
  const { server, client } = await ownRedis();
  const operator = new Redis(server.port);
  toClose.push(() => operator.disconnect());
  await operator.ping();
  return {
    storage: redisStorage(client),
    async kill() {
      await operator.call('CLIENT', 'KILL', 'SKIPME', 'yes');
    },
    async shutOut(on) {
      await operator.config('SET', 'maxclients', on ? 1 : 1000);
    },
    // ioredis tries again by itself
    refused: () =>
      until(async () => /rejected_connections:[1-9]/.test(await operator.info('stats'))),
  };
}

/** A PostgreSQL of its own. */
async function overPostgres(): Promise<Disturbable> {
  const server = await startPostgres();
  const operator = new pg.Client({ connectionString: server.url });
  await operator.connect();
  await operator.query('create role bot login');
  await operator.query("alter role bot set statement_timeout = '300ms'");
  const owner = new pg.Pool({ connectionString: server.url });
  await migratePostgres(owner);
  await owner.end();
  await operator.query('grant select on telefsm_meta to bot');
  await operator.query('grant select, insert, update, delete on telefsm_conversation to bot');
  const pool = new pg.Pool({ connectionString: server.url.replace('postgres@', 'bot@'), max: 4 });
  pool.on('error', () => {});
  toClose.push(
    () => server.close(),
    () => operator.end(),
    () => pool.end(),
  );
  return {
    ...counted(postgresStorage(pool)),
    async kill() {
      await operator.query(
        "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'bot'",
      );
    },
    async shutOut(on) {
      await operator.query(`alter role bot connection limit ${on ? 0 : -1}`);
    },
    async lock(on) {
      if (!on) await operator.query('commit');
      else await operator.query('begin; select * from telefsm_conversation for update');
    },
  };
}

/** A MariaDB of its own. */
async function overMariadb(): Promise<Disturbable> {
  const server = await startMariadb({ 'innodb-lock-wait-timeout': '1' });
  const operator = createPool({ uri: server.url, connectionLimit: 1 });
  await operator.query("create user bot@'%' identified by ''");
  await operator.query("grant all on bot.* to bot@'%'");
  await migrateMysql(operator);
  const pool = createPool({ uri: server.url.replace('root@', 'bot@'), connectionLimit: 4 });
  toClose.push(
    () => server.close(),
    () => operator.end(),
    () => pool.end(),
  );
  return {
    ...counted(mysqlStorage(pool)),
    async kill() {
      const [rows] = await operator.query<RowDataPacket[]>(
        "select id from information_schema.processlist where user = 'bot'",
      );
      // one may have ended by itself meanwhile
      for (const { id } of rows) await operator.query(`kill ${id}`).catch(() => {});
    },
    async shutOut(on) {
      await operator.query(`alter user bot@'%' with max_user_connections ${on ? 1 : 0}`);
    },
    async lock(on) {
      if (!on) return void (await operator.query('commit'));
      await operator.query('begin');
      await operator.query('select * from telefsm_conversation for update');
    },
  };
}

export const disturbed: readonly (readonly [string, () => Promise<Disturbable>])[] = [
  ['Redis', overRedis],
  ['PostgreSQL', overPostgres],
  ['MariaDB', overMariadb],
];

/** Lets a bot work on four conversations meanwhile: no update fails, and each is counted once. */
export async function expectUnnoticed(
  storage: FsmStorage,
  disturb: (more: (updates: number) => Promise<void>) => Promise<void>,
): Promise<void> {
  const bot = botOn(storage, 60_000);
  const running = load(bot, 4);
  await running.more(10);
  await disturb(running.more);
  await running.more(20);
  await running.stop();
  expect([...running.codes]).toEqual([]);
  for (const [at, ids] of running.keptIds.entries())
    expect(await bot.tally(at + 1)).toMatchObject({ count: ids.length, ids });
}

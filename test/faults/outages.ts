/** Bots on servers that go away, change or refuse. */

import type { FsmStorage } from '@telefsm/core';
import { migrateMysql, mysqlStorage } from '@telefsm/storage-mysql';
import { migratePostgres, postgresStorage } from '@telefsm/storage-postgres';
import { redisStorage } from '@telefsm/storage-redis';
import { sqliteStorage } from '@telefsm/storage-sqlite';
import { Redis } from 'ioredis';
import Libsql from 'libsql';
import { createPool } from 'mysql2/promise';
import pg from 'pg';
import { expect } from 'vitest';
import {
  type CountingBot,
  countingBot,
  type Entry,
  type Order,
  updateOf,
} from '../processes/counting-bot.ts';
import { startMariadb } from '../servers/mariadb.ts';
import { startPostgres } from '../servers/postgres.ts';
import { startRedis } from '../servers/redis.ts';
import { freshName, sharedMariadb, sharedPostgres, sharedRedis } from '../servers/shared.ts';
import {
  mysqlCommands,
  postgresCommands,
  respCommands,
  type TcpProxy,
  tcpProxy,
} from '../servers/tcp-proxy.ts';
import { until } from '../servers/until.ts';

/** The conversation that most updates belong to. */
export const chat = 1;
/** How to end what the running test has opened. */
export const toClose: (() => unknown)[] = [];

/** Ends what the last test has opened, the newest first; each file calls it after each of its tests. */
export async function closeAll(): Promise<void> {
  for (const close of toClose.splice(0).reverse()) await close();
}

/** A bot whose handlers may be held up. */
export interface HeldBot extends CountingBot {
  /** How many handlers have begun. */
  begun(): number;
  /** The next handler waits for what it gives. */
  holdUp(): { readonly begun: Promise<void>; goOn(): void };
}

/** A bot on a storage; both are ended by {@link closeAll}. */
export function botOn(storage: FsmStorage, lease = 1000): HeldBot {
  let stop: (() => Promise<void>) | undefined;
  let begun = 0;
  const log = ({ what }: Entry) => {
    if (what === 'began') begun++;
  };
  const bot = countingBot({ storage, name: 'bot', log, lease, stopAt: () => stop?.() });
  toClose.push(
    () => storage.close?.(),
    () => bot.machine.stop(),
  );
  return {
    ...bot,
    begun: () => begun,
    holdUp() {
      let begin = () => {};
      let goOn = () => {};
      const begun = new Promise<void>((resolve) => {
        begin = resolve;
      });
      const gone = new Promise<void>((resolve) => {
        goOn = resolve;
      });
      stop = () => {
        stop = undefined;
        begin();
        return gone;
      };
      return { begun, goOn: () => goOn() };
    },
  };
}

/** An update that counts. */
export const add = (id: number): Order => ({ id, chat, text: 'add' });
/** The log entry of a handled update. */
export const kept = (id: number) => ({ what: 'kept', id });

/** A storage that can be made unusable and usable again. */
export interface Breakable {
  readonly storage: FsmStorage;
  break(): Promise<unknown>;
  mend(): Promise<unknown>;
}

/** A Redis of its own. */
export async function redis(
  breaks: (server: Awaited<ReturnType<typeof startRedis>>) => Promise<unknown>,
  mends: (server: Awaited<ReturnType<typeof startRedis>>) => Promise<unknown>,
): Promise<Breakable> {
  const server = await startRedis({ directives: ['appendonly yes', 'appendfsync always'] });
  const client = new Redis(server.port);
  client.on('error', () => {});
  toClose.push(
    () => server.kill(),
    () => client.disconnect(),
  );
  return { storage: redisStorage(client), break: () => breaks(server), mend: () => mends(server) };
}

/** A PostgreSQL of its own. */
export async function postgres(
  breaks: (
    server: Awaited<ReturnType<typeof startPostgres>>,
    query: (sql: string) => Promise<unknown>,
    pool: pg.Pool,
  ) => Promise<unknown>,
  mends: typeof breaks,
  role?: string,
): Promise<Breakable> {
  const server = await startPostgres();
  const url = role === undefined ? server.url : server.url.replace('postgres@', `${role}@`);
  const pool = new pg.Pool({ connectionString: url, max: 4 });
  // an operator's own connection, which may write whatever the default is
  const query = async (sql: string) => {
    const client = new pg.Client({ connectionString: server.url });
    await client.connect();
    await client.query(sql);
    await client.query('select pg_reload_conf()');
    await client.end();
  };
  if (role !== undefined) {
    await query(`create role ${role} login`);
    const owner = new pg.Pool({ connectionString: server.url });
    await migratePostgres(owner);
    await owner.end();
    await query(`grant select on telefsm_meta to ${role}`);
    await query(`grant select, insert, update, delete on telefsm_conversation to ${role}`);
  }
  toClose.push(
    () => server.close(),
    () => pool.end(),
  );
  return {
    storage: postgresStorage(pool),
    break: () => breaks(server, query, pool),
    mend: () => mends(server, query, pool),
  };
}

/** A MariaDB of its own that can be taken away. */
async function absentMariadb(): Promise<Breakable> {
  const server = await startMariadb();
  const pool = createPool({ uri: server.url, connectionLimit: 4 });
  toClose.push(
    () => server.close(),
    () => pool.end(),
  );
  return { storage: mysqlStorage(pool), break: server.crash, mend: server.start };
}

/** A MariaDB of its own, whose bot is not its owner. */
export async function mariadb(breaks: string, mends: string): Promise<Breakable> {
  const server = await startMariadb();
  const owner = createPool(server.url);
  await migrateMysql(owner);
  await owner.query("create user bot@'%' identified by ''");
  await owner.query("grant select on bot.telefsm_meta to bot@'%'");
  await owner.query("grant select, insert, update, delete on bot.telefsm_conversation to bot@'%'");
  await owner.query("grant execute on procedure bot.telefsm_acquire_1 to bot@'%'");
  const pool = createPool(server.url.replace('root@', 'bot@'));
  toClose.push(
    () => server.close(),
    () => owner.end(),
    () => pool.end(),
  );
  return {
    storage: mysqlStorage(pool),
    break: () => owner.query(breaks),
    mend: () => owner.query(mends),
  };
}

/** Waits for a configuration that the server tells its processes one by one. */
export async function isReadOnly(pool: pg.Pool, value: 'on' | 'off'): Promise<void> {
  for (;;) {
    const { rows } = await pool.query('show default_transaction_read_only');
    if (rows[0].default_transaction_read_only === value) return;
  }
}

/** An SQLite in memory. */
export async function sqlite(breaks: string, mends: string): Promise<Breakable> {
  const database = new Libsql(':memory:');
  toClose.push(() => database.close());
  return {
    storage: sqliteStorage(database),
    break: async () => database.exec(breaks),
    mend: async () => database.exec(mends),
  };
}

/** Handles updates one after the other on some chats until told to stop; a failed one comes again. */
export function load(bot: CountingBot, chats: number) {
  let going = true;
  let id = 0;
  const keptIds: number[][] = Array.from({ length: chats }, () => []);
  const codes = new Set<string | undefined>();
  const lanes = keptIds.map(async (ids, at) => {
    while (going) {
      const order: Order = { id: ++id, chat: at + 1, text: 'add' };
      for (;;) {
        const { what, code } = await bot.handle(order);
        if (what === 'kept') break;
        codes.add(code);
      }
      ids.push(order.id);
    }
  });
  const count = () => keptIds.reduce((sum, { length }) => sum + length, 0);
  return {
    keptIds,
    codes,
    async more(updates: number): Promise<void> {
      const enough = count() + updates;
      await until(() => count() >= enough);
    },
    async stop(): Promise<void> {
      going = false;
      await Promise.all(lanes);
    },
  };
}

/** The cause of the error that an update of a chat of its own is refused with. */
async function unusable({ machine }: CountingBot, chat: number): Promise<unknown> {
  const update = updateOf({ id: 90 + chat, chat, text: 'add' });
  const refused = machine.handle(update, { id: 1, call: async () => true });
  return ((await refused.catch((error: Error) => error)) as Error).cause;
}

/** A storage that refuses is reported, loses nothing, and works when it is mended. */
export async function expectReported(start: () => Promise<Breakable>): Promise<void> {
  const { storage, break: breaks, mend } = await start();
  const bot = botOn(storage);
  expect(await bot.handle(add(1))).toMatchObject(kept(1));
  // one is in its handler when it happens, one comes afterwards
  const held = bot.holdUp();
  const during = bot.handle({ id: 2, chat, text: 'wait' });
  await held.begun;
  await breaks();
  held.goOn();
  expect(await during).toMatchObject({ what: 'failed', code: 'STORAGE_FAILED' });
  // before its handler: it says what is wrong and what to do
  const begun = bot.begun();
  expect(await bot.handle({ ...add(3), chat: 2 })).toMatchObject({ code: 'STORAGE_FAILED' });
  expect(bot.begun()).toBe(begun);
  expect(await unusable(bot, 5)).toMatchObject({ code: 'STORAGE_UNUSABLE' });
  await mend();
  for (const id of [2, 4]) expect(await bot.handle(add(id))).toMatchObject(kept(id));
  expect(await bot.handle({ ...add(3), chat: 2 })).toMatchObject(kept(3));
  expect(await bot.tally(chat)).toMatchObject({ count: 3, ids: [1, 2, 4] });
  expect(await bot.tally(2)).toMatchObject({ count: 1, ids: [3] });
}

/** A storage, and the proxy that its connections go through. */
interface Proxied {
  readonly proxy: TcpProxy;
  readonly storage: FsmStorage;
  /** The same conversations, reached without the proxy. */
  readonly beside: FsmStorage;
}

/** Servers behind proxies. */
export const throughProxies = {
  async Redis(): Promise<Proxied> {
    const { port } = await sharedRedis();
    const proxy = await tcpProxy({ to: port, protocol: respCommands });
    const client = new Redis(proxy.port);
    client.on('error', () => {});
    toClose.push(() => client.disconnect());
    const direct = new Redis(port);
    toClose.push(() => direct.disconnect());
    const prefix = freshName();
    return {
      proxy,
      storage: redisStorage(client, { prefix }),
      beside: redisStorage(direct, { prefix }),
    };
  },
  async PostgreSQL(): Promise<Proxied> {
    const { url, port } = await sharedPostgres();
    const proxy = await tcpProxy({ to: port, protocol: postgresCommands });
    const connectionString = url.replace(`:${port}/`, `:${proxy.port}/`);
    const pool = new pg.Pool({ connectionString, max: 4 });
    pool.on('error', () => {});
    const direct = new pg.Pool({ connectionString: url });
    toClose.push(
      () => pool.end(),
      () => direct.end(),
    );
    return { proxy, storage: postgresStorage(pool), beside: postgresStorage(direct) };
  },
  async MariaDB(): Promise<Proxied> {
    const { url, port } = await sharedMariadb();
    const proxy = await tcpProxy({ to: port, protocol: mysqlCommands });
    const uri = url.replace(`:${port}/`, `:${proxy.port}/`);
    const pool = createPool({ uri, connectionLimit: 4 });
    const direct = createPool(url);
    toClose.push(
      () => pool.end(),
      () => direct.end(),
    );
    return { proxy, storage: mysqlStorage(pool), beside: mysqlStorage(direct) };
  },
};

/** Connections that are cut again and again cost no update. */
export async function expectCutsHarmless(
  engine: keyof typeof throughProxies,
  cuts: number,
): Promise<void> {
  const { proxy, storage } = await throughProxies[engine]();
  toClose.unshift(() => proxy.close());
  const bot = botOn(storage, 60_000);
  const running = load(bot, 4);
  for (let cut = 0; cut < cuts; cut++) {
    await running.more(5);
    // before or after the server, at one of the next commands
    await proxy.fail(cut % 2 === 0 ? 'cut-before' : 'cut-after', 1 + (cut % 5));
  }
  await running.more(20);
  await running.stop();
  expect([...running.codes]).toEqual([]);
  for (const [at, ids] of running.keptIds.entries()) {
    expect(await bot.tally(at + 1)).toMatchObject({ count: ids.length, ids });
  }
}

/** Servers that can be taken away. */
export const absences: readonly (readonly [string, () => Promise<Breakable>])[] = [
  [
    'Redis',
    () =>
      redis(
        (server) => server.kill(),
        (server) => server.start(),
      ),
  ],
  [
    'PostgreSQL',
    () =>
      postgres(
        (server) => server.crash(),
        (server) => server.start(),
      ),
  ],
  ['MariaDB', absentMariadb],
];

/** Servers that go away, change or refuse: the bot is told by a code, nothing is lost, and it goes on without a restart. */

import type { FsmStorage } from '@telefsm/core';
import { postgresStorage } from '@telefsm/storage-postgres';
import { redisStorage } from '@telefsm/storage-redis';
import { sqliteStorage } from '@telefsm/storage-sqlite';
import { Redis } from 'ioredis';
import Libsql from 'libsql';
import pg from 'pg';
import { afterEach, describe, expect, it } from 'vitest';
import { type CountingBot, countingBot, type Order, updateOf } from '../processes/counting-bot.ts';
import { startPostgres } from '../servers/postgres.ts';
import { startRedis } from '../servers/redis.ts';
import { clusterClients, sentinelClients } from '../servers/redis-clients.ts';
import { startRedisCluster } from '../servers/redis-cluster.ts';
import { startRedisSentinel } from '../servers/redis-sentinel.ts';
import { postgresCommands, respCommands, tcpProxy } from '../servers/tcp-proxy.ts';

const minutes = 60_000;
const chat = 1;
const toClose: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of toClose.splice(0).reverse()) await close();
});

/** A bot whose handlers may be held up. */
interface HeldBot extends CountingBot {
  /** The next handler waits for what it gives. */
  holdUp(): { readonly begun: Promise<void>; goOn(): void };
}

function botOn(storage: FsmStorage, lease = 1000): HeldBot {
  let stop: (() => Promise<void>) | undefined;
  const bot = countingBot({ storage, name: 'bot', log: () => {}, lease, stopAt: () => stop?.() });
  toClose.push(
    () => storage.close?.(),
    () => bot.machine.stop(),
  );
  return {
    ...bot,
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

const add = (id: number): Order => ({ id, chat, text: 'add' });
const kept = (id: number) => ({ what: 'kept', id });

/** A storage that can be made unusable and usable again. */
interface Breakable {
  readonly storage: FsmStorage;
  break(): Promise<unknown>;
  mend(): Promise<unknown>;
}

async function redis(
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

async function postgres(
  breaks: (
    server: Awaited<ReturnType<typeof startPostgres>>,
    query: (sql: string) => Promise<unknown>,
    pool: pg.Pool,
  ) => Promise<unknown>,
  mends: typeof breaks,
): Promise<Breakable> {
  const server = await startPostgres();
  const pool = new pg.Pool({ connectionString: server.url, max: 4 });
  // an operator's own connection, which may write whatever the default is
  const query = async (sql: string) => {
    const client = new pg.Client({ connectionString: server.url });
    await client.connect();
    await client.query(sql);
    await client.query('select pg_reload_conf()');
    await client.end();
  };
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

/** The server tells its processes of a new configuration one by one. */
async function isReadOnly(pool: pg.Pool, value: 'on' | 'off'): Promise<void> {
  for (;;) {
    const { rows } = await pool.query('show default_transaction_read_only');
    if (rows[0].default_transaction_read_only === value) return;
  }
}

async function sqlite(breaks: string, mends: string): Promise<Breakable> {
  const database = new Libsql(':memory:');
  toClose.push(() => database.close());
  return {
    storage: sqliteStorage(database),
    break: async () => database.exec(breaks),
    mend: async () => database.exec(mends),
  };
}

const refusals: readonly (readonly [string, () => Promise<Breakable>])[] = [
  [
    'Redis has become a replica',
    () =>
      redis(
        (server) => server.command('REPLICAOF', '127.0.0.1', 1),
        (server) => server.command('REPLICAOF', 'NO', 'ONE'),
      ),
  ],
  [
    'Redis has no memory left',
    () =>
      redis(
        (server) => server.command('CONFIG', 'SET', 'maxmemory', 1),
        (server) => server.command('CONFIG', 'SET', 'maxmemory', 0),
      ),
  ],
  [
    'Redis takes away the right to run scripts',
    () =>
      redis(
        (server) => server.command('ACL', 'SETUSER', 'default', '-@scripting'),
        (server) => server.command('ACL', 'SETUSER', 'default', '+@all'),
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
    'the table of PostgreSQL has gone',
    () =>
      postgres(
        (_, query) => query('alter table telefsm_conversation rename to elsewhere'),
        (_, query) => query('alter table elsewhere rename to telefsm_conversation'),
      ),
  ],
  ['SQLite is read-only', () => sqlite('pragma query_only = 1', 'pragma query_only = 0')],
];

describe('a storage that refuses', () => {
  it.each(refusals)(
    'because %s is reported, loses nothing, and works when it is mended',
    { timeout: 2 * minutes },
    async (_, start) => {
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
      expect(await bot.handle({ ...add(3), chat: 2 })).toMatchObject({ code: 'STORAGE_FAILED' });
      await mend();
      for (const id of [2, 4]) expect(await bot.handle(add(id))).toMatchObject(kept(id));
      expect(await bot.handle({ ...add(3), chat: 2 })).toMatchObject(kept(3));
      expect(await bot.tally(chat)).toMatchObject({ count: 3, ids: [1, 2, 4] });
      expect(await bot.tally(2)).toMatchObject({ count: 1, ids: [3] });
    },
  );
});

const absences: readonly (readonly [string, () => Promise<Breakable>])[] = [
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
];

describe('a server that is away for longer than a lease', () => {
  it.each(absences)(
    'is reported, and used again when it is back: %s',
    { timeout: 3 * minutes },
    async (_, start) => {
      const { storage, break: breaks, mend } = await start();
      const bot = botOn(storage);
      expect(await bot.handle(add(1))).toMatchObject(kept(1));
      const held = bot.holdUp();
      const during = bot.handle({ id: 2, chat, text: 'wait' });
      await held.begun;
      await breaks();
      held.goOn();
      const after = bot.handle({ ...add(3), chat: 2 });
      const { what, code } = await during;

      expect(what).toBe('failed');
      expect(['COMMIT_UNKNOWN', 'STORAGE_FAILED']).toContain(code);
      expect(await after).toMatchObject({ what: 'failed', code: 'STORAGE_FAILED' });
      await mend();
      // whatever was reported: what comes again is counted once
      for (const id of [2, 4]) expect(await bot.handle(add(id))).toMatchObject(kept(id));
      expect(await bot.handle({ ...add(3), chat: 2 })).toMatchObject(kept(3));
      expect(await bot.tally(chat)).toMatchObject({ count: 3, ids: [1, 2, 4] });
      expect(await bot.tally(2)).toMatchObject({ count: 1, ids: [3] });
    },
  );

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
      const server = await startPostgres();
      const pool = new pg.Pool({ connectionString: server.url.replace(/postgres$/, 'nowhere') });
      toClose.push(
        () => server.close(),
        () => pool.end(),
      );
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

/** Handles updates one after the other on some chats until told to stop; a failed one comes again. */
function load(bot: CountingBot, chats: number) {
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
      while (count() < enough) await new Promise((resolve) => setTimeout(resolve, 10));
    },
    async stop(): Promise<void> {
      going = false;
      await Promise.all(lanes);
    },
  };
}

it('a master of sentinels that dies is replaced under a whole bot', {
  timeout: 5 * minutes,
}, async () => {
  const servers = await startRedisSentinel();
  const [kind] = sentinelClients;
  const open = await (kind as (typeof sentinelClients)[number]).open(servers);
  toClose.push(
    () => servers.stop(),
    () => open.close(),
  );
  const bot = botOn(redisStorage(open.client));
  const running = load(bot, 8);
  await running.more(200);
  await (await servers.master()).kill();
  await running.more(200);
  await running.stop();
  for (const code of running.codes)
    expect(['STORAGE_FAILED', 'COMMIT_UNKNOWN', 'LEASE_LOST']).toContain(code);
  for (const [at, ids] of running.keptIds.entries()) {
    const tally = await bot.tally(at + 1);
    expect(tally?.count).toBe(tally?.ids.length);
    expect(new Set(tally?.ids).size).toBe(tally?.ids.length);
    // what the old master had acknowledged and not yet replicated may be gone, with its ids; what came last was the new one's
    expect(tally?.ids.slice(-5)).toEqual(ids.slice(-5));
  }
});

it('a slot of a cluster that moves is not noticed by a whole bot', {
  timeout: 5 * minutes,
}, async () => {
  const servers = await startRedisCluster();
  const [kind] = clusterClients;
  const open = await (kind as (typeof clusterClients)[number]).open(servers);
  toClose.push(
    () => servers.stop(),
    () => open.close(),
  );
  const bot = botOn(redisStorage(open.client, { buckets: 1 }), 15_000);
  const running = load(bot, 20);
  await running.more(200);
  const [first] = servers.nodes;
  const key = (await servers.nodes[0]?.command('KEYS', '*:c:*')) as readonly string[];
  const others = await Promise.all(
    servers.nodes.slice(1, 3).map((node) => node.command('KEYS', '*:c:*')),
  );
  const name = [...key, ...(others.flat() as string[])][0];
  const slot = Number(await first?.command('CLUSTER', 'KEYSLOT', name as string));
  await servers.moveSlot(slot, () => running.more(100));
  await running.more(100);
  await running.stop();
  expect([...running.codes]).toEqual([]);
  for (const [at, ids] of running.keptIds.entries()) {
    expect(await bot.tally(at + 1)).toMatchObject({ count: ids.length, ids });
  }
});

const ways = [
  ['Redis', () => startRedis(), respCommands] as const,
  ['PostgreSQL', () => startPostgres(), postgresCommands] as const,
];

it.each(ways)(
  'connections that are cut again and again cost no update: %s',
  { timeout: 5 * minutes },
  async (name, start, protocol) => {
    const server = await start();
    const proxy = await tcpProxy({ to: server.port, protocol });
    let storage: FsmStorage;
    if (name === 'Redis') {
      const client = new Redis(proxy.port);
      client.on('error', () => {});
      toClose.push(() => client.disconnect());
      storage = redisStorage(client);
    } else {
      const pool = new pg.Pool({ host: '127.0.0.1', port: proxy.port, user: 'postgres', max: 4 });
      toClose.push(() => pool.end());
      storage = postgresStorage(pool);
    }
    toClose.unshift(
      () => ('kill' in server ? server.kill() : server.close()),
      () => proxy.close(),
    );
    const bot = botOn(storage, 60_000);
    const running = load(bot, 4);
    for (let cuts = 0; cuts < 20; cuts++) {
      await running.more(5);
      // before or after the server, at one of the next commands
      await proxy.fail(cuts % 2 === 0 ? 'cut-before' : 'cut-after', 1 + (cuts % 5));
    }
    await running.more(20);
    await running.stop();
    expect([...running.codes]).toEqual([]);
    for (const [at, ids] of running.keptIds.entries()) {
      expect(await bot.tally(at + 1)).toMatchObject({ count: ids.length, ids });
    }
  },
);

/** The cost of parked conversations, updates and idle polls of the sweeper on each storage, for docs/scaling.md. */

import { readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import pg from 'pg';
import { type CountingBot, countingBot } from '../processes/counting-bot.ts';
import { open } from '../processes/engines.ts';
import { startPostgres } from '../servers/postgres.ts';
import { startRedis } from '../servers/redis.ts';
import { postgresCommands, respCommands, tcpProxy } from '../servers/tcp-proxy.ts';

/** Name and value of each measured quantity. */
export type Facts = Readonly<Record<string, number>>;

const updates = 20_000;
const hour = 3_600_000;

const bot = { id: 1, call: async () => true };
/** About what a form with five answers keeps. */
const answers = {
  name: 'Ann Lee',
  city: 'Rome',
  street: 'Via Appia 12',
  mail: 'ann@example.org',
  note: 'Please ring twice.',
};

async function inLanes(
  count: number,
  lanes: number,
  work: (n: number) => Promise<unknown>,
): Promise<void> {
  let next = 0;
  const lane = async () => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}

/** Leaves conversations behind that wait for an answer, with or without a deadline in an hour. */
function park(
  { machine }: CountingBot,
  parked: number,
  from: number,
  hasDeadline: boolean,
): Promise<void> {
  return inLanes(parked, 64, (n) => {
    const chat = { id: from + n, type: 'private' };
    const user = { id: from + n, is_bot: false, first_name: 'Ann' };
    const update = {
      update_id: 1,
      message: { message_id: 1, date: 0, chat, from: user, text: 'a' },
    };
    return machine.handle(update, bot, ({ state }) => {
      state.update(answers as never);
      if (hasDeadline) state.expire(hour);
    });
  });
}

/** Measures Redis. */
export async function onRedis(parked: number): Promise<Facts> {
  const toClose: (() => unknown)[] = [];
  const server = await startRedis();
  const proxy = await tcpProxy({ to: server.port, protocol: respCommands });
  const { storage, close } = open({ engine: 'redis', port: proxy.port, space: 'parked' });
  const client = new Redis(server.port);
  toClose.push(
    () => server.kill(),
    () => client.disconnect(),
    () => proxy.close(),
    close,
  );
  const counting = countingBot({ storage, name: 'bot', log: () => {} });
  const memory = async () => Number(/^used_memory:(\d+)/m.exec(await client.info('memory'))?.[1]);
  const processor = async () => {
    const info = await client.info('cpu');
    const of = (name: string) => Number(new RegExp(`^${name}:([\\d.]+)`, 'm').exec(info)?.[1]);
    return of('used_cpu_user') + of('used_cpu_sys');
  };
  await counting.handle({ id: 1, chat: 1, text: 'add' });
  await counting.handle({ id: 2, chat: 1, text: 'add' });
  const lookFor = async (times: number) => {
    const before = await processor();
    for (let n = 0; n < times; n++) await storage.due?.(100, 30_000);
    return (((await processor()) - before) / times) * 1e6;
  };
  await lookFor(1);
  const emptyLook = await lookFor(500);
  const empty = await memory();
  await park(counting, parked, 1_000_000, false);
  const plain = await memory();
  await park(counting, parked, 2_000_000, true);
  const withDeadline = await memory();
  const before = proxy.commands;
  await storage.due?.(100, 30_000);
  const commands = proxy.commands - before;
  const idleLook = await lookFor(500);
  const swept = await processor();
  await inLanes(updates, 64, (n) =>
    counting.handle({ id: n + 10, chat: (n % 500) + 1, text: 'add' }),
  );
  const worked = await processor();
  const hash = String(await client.script('LOAD', "return ''"));
  await inLanes(2 * updates, 64, () => client.evalsha(hash, 1, 'k', 'a', 'b', 'c', 'd'));
  const bare = await processor();
  const facts = {
    'bytes without deadline': (plain - empty) / parked,
    'bytes with deadline': (withDeadline - plain) / parked,
    'commands of a poll that finds nothing': commands,
    'µs of the server for a poll that finds nothing': idleLook,
    'µs of the same with nothing parked': emptyLook,
    'µs of the server for an update': ((worked - swept) / updates) * 1e6,
    'µs of the server for two empty scripts': ((bare - worked) / updates) * 1e6,
  };
  for (const end of toClose.reverse()) await end();
  return facts;
}

/** Measures PostgreSQL. */
export async function onPostgres(parked: number): Promise<Facts> {
  const toClose: (() => unknown)[] = [];
  const server = await startPostgres();
  const proxy = await tcpProxy({ to: server.port, protocol: postgresCommands });
  const url = server.url.replace(`:${server.port}/`, `:${proxy.port}/`);
  const { storage, close } = open({ engine: 'postgres', url, space: 'parked' });
  const pool = new pg.Pool({ connectionString: server.url, max: 1 });
  toClose.push(
    () => server.close(),
    () => pool.end(),
    () => proxy.close(),
  );
  const counting = countingBot({ storage, name: 'bot', log: () => {} });
  const size = async (what: 'table' | 'indexes') => {
    const table = "'parked.telefsm_conversation'::regclass";
    const { rows } = await pool.query(`select pg_${what}_size(${table})::float8 as bytes`);
    return rows[0].bytes as number;
  };
  /** Processor time of all connections but the asking one, in s. */
  const processor = async () => {
    const { rows } = await pool.query(
      "select pid from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()",
    );
    let ticks = 0;
    for (const { pid } of rows) {
      const fields = (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ')[1]?.split(' ') ?? [];
      ticks += Number(fields[11]) + Number(fields[12]);
    }
    return ticks / 100;
  };
  const lookFor = async (times: number) => {
    const before = await processor();
    for (let n = 0; n < times; n++) await storage.due?.(100, 30_000);
    return (((await processor()) - before) / times) * 1e6;
  };
  const changes = async () => {
    const { rows } = await pool.query(
      "select n_tup_upd::float8 as updated, n_tup_hot_upd::float8 as hot from pg_stat_user_tables where relname = 'telefsm_conversation'",
    );
    return rows[0] as { readonly updated: number; readonly hot: number };
  };
  await inLanes(8, 4, (n) => counting.handle({ id: n + 1, chat: n + 1, text: 'add' }));
  const emptyLook = await lookFor(500);
  await park(counting, parked, 1_000_000, false);
  await pool.query('vacuum full parked.telefsm_conversation');
  const plain = [await size('table'), await size('indexes')] as const;
  await park(counting, parked, 2_000_000, true);
  await pool.query('vacuum full parked.telefsm_conversation');
  const all = [await size('table'), await size('indexes')] as const;
  const before = proxy.commands;
  await storage.due?.(100, 30_000);
  const statements = proxy.commands - before;
  const idleLook = await lookFor(500);
  const [swept, had] = [await processor(), await changes()];
  await inLanes(updates, 64, (n) =>
    counting.handle({ id: n + 10, chat: (n % 500) + 1, text: 'add' }),
  );
  const worked = await processor();
  const has = await changes();
  // its connections would end on their own in between
  await close();
  const plainPool = new pg.Pool({ connectionString: url, max: 4 });
  toClose.push(() => plainPool.end());
  await inLanes(8, 4, () => plainPool.query('select 1'));
  const connected = await processor();
  await inLanes(2 * updates, 64, () => plainPool.query('select $1::text', ['a']));
  const bare = await processor();
  const facts = {
    'bytes of the row': plain[0] / parked,
    'bytes of indexes': plain[1] / parked,
    'bytes of the row with deadline': (all[0] - plain[0]) / parked,
    'bytes of indexes with deadline': (all[1] - plain[1]) / parked,
    'statements of a poll that finds nothing': statements,
    'µs of the server for a poll that finds nothing': idleLook,
    'µs of the same with nothing parked': emptyLook,
    'µs of the server for an update': ((worked - swept) / updates) * 1e6,
    'µs of the server for two empty statements': ((bare - connected) / updates) * 1e6,
    '% of row versions that leave indexes alone':
      ((has.hot - had.hot) / (has.updated - had.updated)) * 100,
  };
  for (const end of toClose.reverse()) await end();
  return facts;
}

/** Measures SQLite. */
export async function onSqlite(parked: number): Promise<Facts> {
  const path = join(tmpdir(), `telefsm-parked-${process.pid}.db`);
  const { storage, close } = open({ engine: 'sqlite', path });
  const counting = countingBot({ storage, name: 'bot', log: () => {} });
  await park(counting, parked, 1_000_000, true);
  const began = process.cpuUsage();
  for (let n = 0; n < 500; n++) await storage.due?.(100, 30_000);
  const swept = process.cpuUsage(began);
  const working = process.cpuUsage();
  await inLanes(updates, 64, (n) =>
    counting.handle({ id: n + 10, chat: (n % 500) + 1, text: 'add' }),
  );
  const worked = process.cpuUsage(working);
  await close();
  const facts = {
    'bytes of the file': (await stat(path)).size / parked,
    'µs of the process for a poll that finds nothing': (swept.user + swept.system) / 500,
    'µs of the process for an update, machine and all': (worked.user + worked.system) / updates,
  };
  for (const end of ['', '-wal', '-shm']) await rm(path + end, { force: true });
  return facts;
}

/** What parked conversations and updates cost a server: bytes, processor time and looks of the sweeper. Printed, for docs/scaling.md. */

import { readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import pg from 'pg';
import { afterAll, describe, expect, it } from 'vitest';
import { startPostgres } from '../servers/postgres.ts';
import { startRedis } from '../servers/redis.ts';
import { postgresCommands, respCommands, tcpProxy } from '../servers/tcp-proxy.ts';
import { type CountingBot, countingBot } from './counting-bot.ts';
import { open } from './engines.ts';

/** `TELEFSM_FULL=1`: 200,000 conversations. */
const parked = process.env['TELEFSM_FULL'] === '1' ? 200_000 : 20_000;
const updates = 20_000;
const minutes = 60_000;
const hour = 3_600_000;
const toClose: (() => unknown)[] = [];

afterAll(async () => {
  for (const close of toClose.reverse()) await close();
});

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
function park({ machine }: CountingBot, from: number, hasDeadline: boolean): Promise<void> {
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

function print(engine: string, facts: Readonly<Record<string, number>>): void {
  const shown = Object.entries(facts).map(([name, value]) => `${name} ${Math.round(value)}`);
  console.log(`${engine}, ${parked} parked: ${shown.join(', ')}`);
  for (const [name, value] of Object.entries(facts)) {
    expect([name, Number.isFinite(value) && value >= 0]).toEqual([name, true]);
  }
}

describe('what it costs', { timeout: 20 * minutes }, () => {
  it('on Redis', async () => {
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
    await park(counting, 1_000_000, false);
    const plain = await memory();
    await park(counting, 2_000_000, true);
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
    print('Redis', {
      'bytes without deadline': (plain - empty) / parked,
      'bytes with deadline': (withDeadline - plain) / parked,
      'commands of an idle look': commands,
      'µs of the server for an idle look': idleLook,
      'µs of the same with nothing parked': emptyLook,
      'µs of the server for an update': ((worked - swept) / updates) * 1e6,
      'µs of the server for two empty scripts': ((bare - worked) / updates) * 1e6,
    });
    expect(commands).toBe(64);
    expect((withDeadline - plain) / parked).toBeLessThan(2000);
  });

  it('on PostgreSQL', async () => {
    const server = await startPostgres();
    const proxy = await tcpProxy({ to: server.port, protocol: postgresCommands });
    const url = server.url.replace(`:${server.port}/`, `:${proxy.port}/`);
    const { storage, close } = open({ engine: 'postgres', url, space: 'parked' });
    const pool = new pg.Pool({ connectionString: server.url, max: 1 });
    toClose.push(
      () => server.close(),
      () => pool.end(),
      () => proxy.close(),
      close,
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
        const fields =
          (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ')[1]?.split(' ') ?? [];
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
    await park(counting, 1_000_000, false);
    await pool.query('vacuum full parked.telefsm_conversation');
    const plain = [await size('table'), await size('indexes')] as const;
    await park(counting, 2_000_000, true);
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
    const plainPool = new pg.Pool({ connectionString: url, max: 4 });
    toClose.push(() => plainPool.end());
    await inLanes(8, 4, () => plainPool.query('select 1'));
    const connected = await processor();
    await inLanes(2 * updates, 64, () => plainPool.query('select $1::text', ['a']));
    const bare = await processor();
    print('PostgreSQL', {
      'bytes of the row': plain[0] / parked,
      'bytes of indexes': plain[1] / parked,
      'bytes of the row with deadline': (all[0] - plain[0]) / parked,
      'bytes of indexes with deadline': (all[1] - plain[1]) / parked,
      'statements of an idle look': statements,
      'µs of the server for an idle look': idleLook,
      'µs of the same with nothing parked': emptyLook,
      'µs of the server for an update': ((worked - swept) / updates) * 1e6,
      'µs of the server for two empty statements': ((bare - connected) / updates) * 1e6,
      '% of row versions that leave indexes alone':
        ((has.hot - had.hot) / (has.updated - had.updated)) * 100,
    });
    expect(statements).toBe(1);
  });

  it('on SQLite', async () => {
    const path = join(tmpdir(), `telefsm-parked-${process.pid}.db`);
    const { storage, close } = open({ engine: 'sqlite', path });
    const counting = countingBot({ storage, name: 'bot', log: () => {} });
    await park(counting, 1_000_000, true);
    const began = process.cpuUsage();
    for (let n = 0; n < 500; n++) await storage.due?.(100, 30_000);
    const swept = process.cpuUsage(began);
    const working = process.cpuUsage();
    await inLanes(updates, 64, (n) =>
      counting.handle({ id: n + 10, chat: (n % 500) + 1, text: 'add' }),
    );
    const worked = process.cpuUsage(working);
    await close();
    print('SQLite', {
      'bytes of the file': (await stat(path)).size / parked,
      'µs of the process for an idle look': (swept.user + swept.system) / 500,
      'µs of the process for an update, machine and all': (worked.user + worked.system) / updates,
    });
    for (const end of ['', '-wal', '-shm']) await rm(path + end, { force: true });
  });
});

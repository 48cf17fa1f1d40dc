/** Deadlines, expiry and listing: what the one index finds, and what it costs. */

import type { Write } from '@telefsm/core/storage';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { acquire } from '../../../test/servers/lease.ts';
import { type SharedServer, sharedPostgres } from '../../../test/servers/shared.ts';
import { type PostgresStorage, postgresStorage } from '../src/index.ts';

let server: SharedServer;
let pool: pg.Pool;
let tokens = 0;

beforeAll(async () => {
  server = await sharedPostgres();
  pool = new pg.Pool({ connectionString: server.url });
});
afterAll(async () => {
  await pool?.end();
});

async function write(storage: PostgresStorage, key: string, next: Partial<Write> | undefined) {
  const token = `t.${++tokens}`;
  const lease = await acquire(storage, key, { token, lease: 15_000, queue: false });
  if ('busy' in lease) throw new Error('busy');
  return lease.commit(next && { text: 'x', state: null, ...next });
}

async function everything(storage: PostgresStorage, query: Parameters<PostgresStorage['list']>[0]) {
  const keys: string[] = [];
  for await (const { key } of storage.list(query)) keys.push(key);
  return keys;
}

describe('due', () => {
  it('claims what has passed, and not what has not, was removed or replaced', async () => {
    const storage = postgresStorage(pool, { schema: 'due' });
    await write(storage, 'passed', { deadlineIn: -1 });
    await write(storage, 'to come', { deadlineIn: 60_000 });
    await write(storage, 'removed', { deadlineIn: -1 });
    await write(storage, 'removed', {});
    await write(storage, 'replaced', { deadlineIn: -1 });
    await write(storage, 'replaced', { deadlineIn: 60_000 });
    await write(storage, 'cleared', { deadlineIn: -1 });
    await write(storage, 'cleared', undefined);
    expect(await storage.due(10, 30_000)).toEqual(['passed']);
    expect(await storage.due(10, 30_000)).toEqual([]);
  });

  it('returns a claimed one again after the claim, or once it is settled', async () => {
    const storage = postgresStorage(pool, { schema: 'claims' });
    await write(storage, 'k', { deadlineIn: -1 });
    expect(await storage.due(10, 0)).toEqual(['k']);
    expect(await storage.due(10, 30_000)).toEqual(['k']);
    expect(await storage.due(10, 30_000)).toEqual([]);
    await storage.settled('k');
    expect(await storage.due(10, 30_000)).toEqual(['k']);
    await write(storage, 'k', { deadlineIn: -1 });
    await storage.settled('k');
    expect(await storage.due(10, 30_000)).toEqual(['k']);
    await write(storage, 'k', {});
    await storage.settled('k');
    expect(await storage.due(10, 30_000)).toEqual([]);
  });

  it('claims no more than asked, the oldest first, past any number of expired rows', async () => {
    const storage = postgresStorage(pool, { schema: 'limits' });
    await storage.peek('make the tables');
    await pool.query(
      `insert into limits.telefsm_conversation (key, record, expires_at, wake_at)
        select 'old' || i, 'x', now() - interval '1 h', now() - interval '1 h' from generate_series(1, 350) i`,
    );
    for (const [key, deadlineIn] of [
      ['b', -2000],
      ['a', -3000],
      ['c', -1000],
    ] as const)
      await write(storage, key, { deadlineIn });
    expect(await storage.due(2, 30_000)).toEqual(['a', 'b']);
    expect(await storage.due(2, 30_000)).toEqual(['c']);
    const { rows } = await pool.query(
      'select count(*)::integer as n from limits.telefsm_conversation',
    );
    expect(rows).toEqual([{ n: 3 }]);
  });

  it('deletes expired rows, but none that somebody may still write', async () => {
    const storage = postgresStorage(pool, { schema: 'expiry' });
    for (const key of ['gone', 'held', 'lapsed']) await write(storage, key, { ttl: 0 });
    await write(storage, 'kept', { ttl: 60_000 });
    const holder = await acquire(storage, 'held', { token: 'h.1', lease: 15_000, queue: false });
    const late = await acquire(storage, 'lapsed', { token: 'l.1', lease: -1000, queue: false });
    expect(await storage.due(10, 1000)).toEqual([]);
    const { rows } = await pool.query('select key from expiry.telefsm_conversation order by key');
    expect(rows.map((row) => row.key)).toEqual(['held', 'kept', 'lapsed']);
    if ('busy' in holder || 'busy' in late) throw new Error('busy');
    expect(await holder.commit({ text: 'written', state: null })).toBe('done');
    expect(await late.commit({ text: 'written', state: null })).toBe('done');
    expect((await storage.peek('held'))?.text).toBe('written');
  });

  it('never misses: the index is at or before deadline and expiry, whatever was written', async () => {
    const storage = postgresStorage(pool, { schema: 'trails' });
    const lengths = [undefined, -1, 1000, 60_000];
    for (const deadlineIn of lengths)
      for (const ttl of lengths)
        for (const again of lengths) {
          const given = (name: string, ms: number | undefined) =>
            ms === undefined ? {} : { [name]: ms };
          const key = `${deadlineIn} ${ttl} ${again}`;
          await write(storage, key, { ...given('deadlineIn', deadlineIn), ...given('ttl', ttl) });
          await write(storage, key, { ...given('deadlineIn', again), ...given('ttl', deadlineIn) });
          await write(storage, `${key} cleared`, undefined);
        }
    const late = 'wake_at is null or wake_at > least(deadline_at, expires_at)';
    const { rows } = await pool.query(
      `select key from trails.telefsm_conversation where least(deadline_at, expires_at) is not null and (${late})`,
    );
    expect(rows).toEqual([]);
  });

  it('costs steps nothing: a deadline renewed at each one leaves the index alone', async () => {
    const own = new pg.Pool({ connectionString: server.url });
    const storage = postgresStorage(own, { schema: 'hot' });
    for (let step = 0; step < 25; step++)
      for (let user = 0; user < 40; user++)
        await write(storage, `u${user}`, {
          text: `{"step":${step}}`,
          deadlineIn: 600_000,
          ttl: 900_000,
        });
    await own.end();
    // The counters arrive when the connections that counted have ended.
    const stats = await vi.waitFor(async () => {
      const { rows } = await pool.query(
        "select n_tup_upd::integer as all, n_tup_hot_upd::integer as hot from pg_stat_user_tables where schemaname = 'hot' and relname = 'telefsm_conversation'",
      );
      expect(rows[0]?.all).toBeGreaterThanOrEqual(25 * 40 * 2 - 40);
      return rows[0];
    });
    // The first deadline of each user moves the index once; a full page now and then does, too.
    expect(stats.hot / stats.all).toBeGreaterThan(0.9);
  });
});

describe('list', () => {
  it('walks in the order of bytes, by prefix, by state, after a key, up to a limit', async () => {
    const storage = postgresStorage(pool, { schema: 'listing' });
    const keys = ['a', 'a%', 'a:1', 'a:10', 'a:2', 'aB', 'a_', 'a\u{10ffff}', 'b', 'é', '😀'];
    for (const key of [...keys].reverse()) {
      await write(storage, key, {
        state: key.startsWith('a:') ? 'order.address' : null,
        deadlineIn: 60_000,
      });
    }
    await write(storage, 'expired', { ttl: 0 });
    await write(storage, 'cleared', undefined);
    expect(await everything(storage, {})).toEqual(keys);
    expect(await everything(storage, { prefix: 'a:' })).toEqual(['a:1', 'a:10', 'a:2']);
    expect(await everything(storage, { prefix: 'a%' })).toEqual(['a%']);
    expect(await everything(storage, { prefix: '\ud83d' })).toEqual(['😀']);
    expect(await everything(storage, { state: 'order.address' })).toEqual(['a:1', 'a:10', 'a:2']);
    expect(await everything(storage, { after: 'a:10', limit: 3 })).toEqual(['a:2', 'aB', 'a_']);
    expect(await everything(storage, { limit: 0 })).toEqual([]);
    for await (const { state, stored } of storage.list({ prefix: 'a:', limit: 1 })) {
      expect([state, stored.text]).toEqual(['order.address', 'x']);
      expect(stored.deadlineIn).toBeGreaterThan(0);
    }
  });

  it('continues over pages', async () => {
    const storage = postgresStorage(pool, { schema: 'pages' });
    await storage.peek('make the tables');
    await pool.query(
      "insert into pages.telefsm_conversation (key, record) select 'c' || lpad(i::text, 4, '0'), 'x' from generate_series(1, 1203) i",
    );
    const keys = await everything(storage, {});
    expect(keys).toHaveLength(1203);
    expect(keys).toEqual([...new Set(keys)].sort());
    expect(await everything(storage, { after: keys[599] as string })).toEqual(keys.slice(600));
  });
});

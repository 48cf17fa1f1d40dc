/** Hearing of a hand-over: proven before it is used, silent where it cannot work, found again after a cut. */

import { isFsmError } from '@telefsm/core';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { acquire } from '../../../test/servers/lease.ts';
import { type PgBouncer, startPgBouncer } from '../../../test/servers/pgbouncer.ts';
import { type SharedServer, sharedPostgres } from '../../../test/servers/shared.ts';
import { takeTurns } from '../../../test/servers/turns.ts';
import { driverOf } from '../src/driver.ts';
import { type PgPoolClient, type PostgresStorage, postgresStorage } from '../src/index.ts';
import { wakeUpsOver } from '../src/wake-ups.ts';
import { type OpenClient, openPool, openSql, statementsThrough, textOf } from './clients.ts';

let server: SharedServer;
let bouncer: PgBouncer;
let admin: pg.Pool;
let tokens = 0;

beforeAll(async () => {
  server = await sharedPostgres();
  bouncer = await startPgBouncer(server);
  admin = new pg.Pool({ connectionString: server.url });
});
afterAll(async () => {
  await admin?.end();
  await bouncer?.close();
});

/** Lets one wait for another, and gives back the token that waited once it may be heard of. */
async function handOver(storage: PostgresStorage, key: string): Promise<string> {
  const [holder, waiter] = [`h.${++tokens}`, `w.${++tokens}`];
  const lease = await acquire(storage, key, { token: holder, lease: 15_000, queue: false });
  if ('busy' in lease) throw new Error('busy');
  await acquire(storage, key, { token: waiter, lease: 15_000, queue: true });
  await lease.release();
  return waiter;
}

async function waitersOf(key: string): Promise<readonly string[] | null> {
  const { rows } = await admin.query('select waiters from telefsm_conversation where key = $1', [
    key,
  ]);
  return rows[0]?.waiters ?? null;
}

const cutListeners = () =>
  admin.query(
    "select pg_terminate_backend(pid) from pg_stat_activity where query ilike 'listen %' and datname = current_database() and pid <> pg_backend_pid()",
  );

const ways: readonly (readonly [string, () => OpenClient])[] = [
  ['pg', () => openPool(server.url)],
  ['postgres', () => openSql(server.url)],
];

describe.each(ways)('over %s', (_, open) => {
  it('each listener is notified of a token once, until it stops', async () => {
    const { client, end } = open();
    const storage = postgresStorage(client);
    const notices: string[][] = [[], []];
    const stops = await Promise.all(
      notices.map((list) => storage.granted((token) => list.push(token))),
    );
    const first = await handOver(storage, `one ${_}`);
    await vi.waitFor(() => expect(notices).toEqual([[first], [first]]));
    stops[0]?.();
    const second = await handOver(storage, `two ${_}`);
    await vi.waitFor(() => expect(notices[1]).toEqual([first, second]));
    expect(notices[0]).toEqual([first]);
    stops[1]?.();
    await storage.close();
    await end();
  });

  it('a cut connection is opened again, and proven again before anybody is handed over by it', async () => {
    const { client, end } = open();
    const storage = postgresStorage(client);
    const heard: string[] = [];
    await storage.granted((token) => heard.push(token));
    await cutListeners();
    await vi.waitFor(
      async () => {
        const token = await handOver(storage, `cut ${_} ${++tokens}`);
        await vi.waitFor(() => expect(heard).toContain(token), { timeout: 300 });
      },
      { timeout: 10_000 },
    );
    await storage.close();
    await end();
  });
});

describe('messages that do not arrive', () => {
  it.each([
    ['pg behind pgbouncer', () => openPool(bouncer.url)],
    ['postgres behind pgbouncer', () => openSql(bouncer.url)],
    ['a pool of one', () => openPool(server.url, { max: 1 })],
  ])('are found out, and waiting continues by asking: %s', async (_, open) => {
    const { client, end } = open();
    const storage = postgresStorage(client);
    const refused = await storage.granted(() => {}).catch((error: unknown) => error);
    expect(isFsmError(refused, 'STORAGE_FAILED') && refused.details.operation).toBe('LISTEN');
    const turns = await Promise.all([takeTurns(storage), takeTurns(storage)]);
    const add = (text: string | undefined) => String(Number(text ?? 0) + 1);
    const key = `asking ${++tokens}`;
    await Promise.all(Array.from({ length: 60 }, (_none, i) => turns[i % 2]?.run(key, add)));
    expect((await storage.peek(key))?.text).toBe('60');
    expect(turns.map((turn) => turn.counts().notified)).toEqual([0, 0]);
    await storage.close();
    await end();
  });

  it('leave nobody registered while the connection is gone', async () => {
    const pool = openPool(server.url);
    let open = true;
    const client = statementsThrough(pool.client, (statement, send) =>
      open || !textOf(statement).startsWith('listen')
        ? send()
        : Promise.reject(new Error('no connection to be had')),
    );
    const storage = postgresStorage(client);
    await storage.granted(() => {});
    const registered = async () => {
      const key = `deaf ${++tokens}`;
      await acquire(storage, key, { token: `h.${tokens}`, lease: 15_000, queue: false });
      await acquire(storage, key, { token: `w.${tokens}`, lease: 15_000, queue: true });
      return (await waitersOf(key)) !== null;
    };
    expect(await registered()).toBe(true);
    open = false;
    await cutListeners();
    await vi.waitFor(async () => expect(await registered()).toBe(false), { timeout: 5000 });
    open = true;
    await vi.waitFor(async () => expect(await registered()).toBe(true), { timeout: 15_000 });
    await storage.close();
    await pool.end();
  });

  it('are found out even if the connection looks open', async () => {
    const pool = openPool(server.url);
    const lines: PgPoolClient[] = [];
    const client = statementsThrough(pool.client, (statement, send, line) => {
      if (textOf(statement).startsWith('listen')) lines.push(line);
      return send();
    });
    const proveEachTime = 0;
    const wakeUps = wakeUpsOver(driverOf(client), 'select pg_notify($1, $2)', proveEachTime);
    const heard: string[] = [];
    await wakeUps.granted((token) => heard.push(token));
    await lines[0]?.query('unlisten *');
    const deaf = wakeUps.channel();
    await vi.waitFor(
      () => expect([wakeUps.arrives(), wakeUps.channel()]).not.toEqual([true, deaf]),
      { timeout: 5000 },
    );
    await vi.waitFor(() => expect(wakeUps.arrives()).toBe(true), { timeout: 5000 });
    await pool.client.query('select pg_notify($1, $2)', [wakeUps.channel(), 'w.1']);
    await vi.waitFor(() => expect(heard).toEqual(['w.1']));
    expect(lines).toHaveLength(2);
    wakeUps.close();
    await pool.end();
  });
});

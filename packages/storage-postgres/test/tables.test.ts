/** The tables: made by whoever comes first, found where they are named, refused where they are not what they should be. */

import { isFsmError } from '@telefsm/core';
import pg from 'pg';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { acquire } from '../../../test/servers/lease.ts';
import { startPgBouncer } from '../../../test/servers/pgbouncer.ts';
import { type SharedServer, sharedPostgres } from '../../../test/servers/shared.ts';
import { migratePostgres, type PostgresClient, postgresStorage } from '../src/index.ts';
import { openPool, openSql, statementsThrough } from './clients.ts';

/** The columns of a row, by their names. */
type Row = readonly (readonly [string, unknown])[];

let server: SharedServer;
let owner: pg.Pool;

beforeAll(async () => {
  server = await sharedPostgres();
  owner = new pg.Pool({ connectionString: server.url });
});
afterAll(async () => {
  await owner?.end();
});

/** The error that a call is rejected with. */
async function errorOf(promise: PromiseLike<unknown>): Promise<unknown> {
  return promise.then(
    () => expect.unreachable('it was not rejected'),
    (error: unknown) => error,
  );
}

async function roundTrip(client: PostgresClient, options: Parameters<typeof postgresStorage>[1]) {
  const storage = postgresStorage(client, options);
  const lease = await acquire(storage, 'k', { token: 'a.1', lease: 1000, queue: false });
  if ('busy' in lease) throw new Error('busy');
  await lease.commit({ text: 'kept', state: 's' });
  await storage.settled('k');
  await storage.due(1, 1000);
  const listed: string[] = [];
  for await (const { stored } of storage.list({})) listed.push(stored.text);
  await storage.close();
  return listed;
}

describe('the tables', () => {
  it('are made at first use, in the schema that is named or the first of the search path', async () => {
    expect(await roundTrip(owner, {})).toEqual(['kept']);
    expect(await roundTrip(owner, { schema: 'Other', table: 'bot' })).toEqual(['kept']);
    const { rows } = await owner.query(
      "select schemaname || '.' || tablename as name from pg_tables where tablename ~ '_(conversation|meta)$' order by 1",
    );
    expect(rows.map((row) => row.name)).toEqual([
      'Other.bot_conversation',
      'Other.bot_meta',
      'public.telefsm_conversation',
      'public.telefsm_meta',
    ]);
  });

  it('are made by an explicit call, also when they are there', async () => {
    const sql = openSql(server.url);
    await migratePostgres(sql.client, { schema: 'explicit' });
    await migratePostgres(sql.client, { schema: 'explicit' });
    expect(await roundTrip(sql.client, { schema: 'explicit', migrate: false })).toEqual(['kept']);
    await sql.end();
  });

  it('are made once by many who start together, whatever the isolation of their transactions', async () => {
    for (const level of ['read committed', 'repeatable read', 'serializable']) {
      const isolation = `-c default_transaction_isolation=${level.replace(' ', '\\ ')}`;
      const pools = Array.from({ length: 8 }, () => openPool(server.url, { options: isolation }));
      const schema = `made_${level.replace(' ', '_')}`;
      await Promise.all(pools.map(({ client }) => postgresStorage(client, { schema }).peek('k')));
      await Promise.all(pools.map((pool) => pool.end()));
    }
  });

  it.each(['conversation', 'meta'])('are made whole when %s was dropped', async (dropped) => {
    const schema = `without_${dropped}`;
    await roundTrip(owner, { schema });
    await owner.query(`drop table ${schema}.telefsm_${dropped}`);
    expect(await roundTrip(owner, { schema })).toEqual(['kept']);
  });

  it('are rejected if a newer version has made them', async () => {
    await migratePostgres(owner, { schema: 'newer' });
    await owner.query('update newer.telefsm_meta set version = 99');
    const error = await errorOf(roundTrip(owner, { schema: 'newer' }));
    expect(isFsmError(error, 'STORAGE_NEWER') && error.details).toEqual({
      storage: '"newer"."telefsm_conversation"',
      version: 99,
      known: 2,
    });
    await owner.query('update newer.telefsm_meta set version = 2');
    expect(await roundTrip(owner, { schema: 'newer' })).toEqual(['kept']);
  });

  it('are not made if that was forbidden', async () => {
    const error = await errorOf(roundTrip(owner, { schema: 'forbidden', migrate: false }));
    expect(isFsmError(error, 'INVALID_OPTION') && error.message).toMatch(
      /"migrate": found false, and "forbidden"."telefsm_conversation" is not there\. Expected true, or tables created earlier by migratePostgres\(\)/,
    );
  });

  it('keep their named statements when somebody has dropped them under several statements', async () => {
    const schema = 'dropped_names';
    const pool = new pg.Pool({ connectionString: server.url, max: 1 });
    const kinds: string[] = [];
    const client = statementsThrough(pool, (statement, send) => {
      kinds.push(typeof statement);
      return send();
    });
    const storage = postgresStorage({ ...client, options: { max: 1 } }, { schema });
    await storage.peek('make the tables');
    await owner.query(`drop table ${schema}.telefsm_conversation`);
    const ask = (at: number) => ({ token: `a.${at}`, lease: 1000, queue: false });
    const all = Array.from({ length: 5 }, (_, at) => storage.acquire(`k${at}`, ask(at)));
    const failed = (await Promise.allSettled(all)).filter(({ status }) => status === 'rejected');
    expect(failed.length).toBeGreaterThan(0);
    kinds.length = 0;
    await storage.acquire('again', ask(9));
    expect(kinds.at(-1)).toBe('object');
    await storage.close();
    await pool.end();
  });

  it('are made anew when somebody has dropped them, without a restart', async () => {
    const schema = 'dropped';
    const storage = postgresStorage(owner, { schema });
    const taken = async () => acquire(storage, 'k', { token: 'a.1', lease: 1000, queue: false });
    await taken();
    await owner.query(`drop schema ${schema} cascade`);
    const error = await errorOf(taken());
    expect([storage.classify(error), error]).toEqual([
      'fatal',
      expect.objectContaining({
        code: 'STORAGE_UNUSABLE',
        cause: expect.objectContaining({ code: '42P01' }),
      }),
    ]);
    expect(await taken()).toHaveProperty('record', undefined);
  });

  it('of a search path without a schema are reported with the error of the server, and made once there is one', async () => {
    const options = '-c search_path=not_yet_there';
    const bot = openPool(server.url, { options });
    const storage = postgresStorage(bot.client);
    const taken = () => acquire(storage, 'k', { token: 'a.1', lease: 1000, queue: false });
    const error = await errorOf(taken());
    expect(storage.classify(error)).toBe('fatal');
    expect(error).toMatchObject({
      code: 'STORAGE_UNUSABLE',
      message: expect.stringContaining('its table or schema does not exist'),
      cause: { code: '3F000' },
    });
    await owner.query('create schema not_yet_there');
    expect(await taken()).toHaveProperty('record', undefined);
    await bot.end();
  });

  it('need no right to create tables where an owner has made them', async () => {
    await owner.query('create role bot login');
    const bot = openPool(server.url.replace('postgres@', 'bot@'));
    const schema = 'owned';
    await owner.query(`create schema ${schema}; grant usage on schema ${schema} to bot`);

    const refused = await errorOf(roundTrip(bot.client, { schema }));
    expect(isFsmError(refused, 'INVALID_OPTION') && refused.message).toMatch(
      /permission denied for schema owned.*made there by migratePostgres\(\) with a role that may/,
    );
    expect(refused).toHaveProperty('cause.code', '42501');

    await migratePostgres(owner, { schema });
    const denied = await errorOf(roundTrip(bot.client, { schema }));
    expect(denied).toMatchObject({ code: 'STORAGE_UNUSABLE', cause: { code: '42501' } });
    expect((denied as Error).message).toMatch(/permission denied for table telefsm_meta.*Grant/);
    expect(postgresStorage(bot.client).classify(denied)).toBe('fatal');

    await owner.query(`grant select on ${schema}.telefsm_meta to bot`);
    await owner.query(
      `grant select, insert, update, delete on ${schema}.telefsm_conversation to bot`,
    );
    expect(await roundTrip(bot.client, { schema })).toEqual(['kept']);
    await bot.end();
  });

  it('are named by plain names only', () => {
    for (const name of ['', '1a', 'pg_bot', 'a-b', 'a"b', 'ü', 'a'.repeat(45)]) {
      expect(() => postgresStorage(owner, { schema: name })).toThrow(/option "schema"/);
      expect(() => postgresStorage(owner, { table: name })).toThrow(/option "table"/);
    }
  });
});

describe('what is handed in', () => {
  it.each([undefined, 'postgres://localhost', {}, { query() {} }])(
    'is rejected if it is %j',
    (client) => {
      expect(() => postgresStorage(client as never)).toThrow(/option "pool"/);
    },
  );
});

describe('a client', () => {
  it.each([
    ['leaves out empty columns', (row: Row) => row.filter(([, value]) => value !== null)],
    ['sorts columns', (row: Row) => row.toReversed()],
    ['adds a column', (row: Row) => [...row, ['shard', 1] as const]],
  ])('that %s is rejected before any conversation is read', async (_, changed) => {
    const from = (row: object) => Object.fromEntries(changed(Object.entries(row)));
    const sql = postgres(server.url, { max: 1, onnotice() {}, transform: { row: { from } } });
    const error = await errorOf(roundTrip(sql, { schema: 'changed' }));
    await sql.end();
    expect(isFsmError(error, 'INVALID_OPTION') && error.details).toMatchObject({
      option: 'client',
      expected: 'one whose rows have the columns of the statement, in their order',
    });
    const { rows } = await owner.query("select to_regnamespace('changed') as made");
    expect(rows).toEqual([{ made: null }]);
  });
});

describe('statements', () => {
  it.each([undefined, true, false])(
    'are planned once for a connection unless that is unwanted: prepare: %s',
    async (prepare) => {
      const one = new pg.Pool({ connectionString: server.url, max: 1 });
      const options = {
        schema: `prepare_${prepare}`,
        ...(prepare === undefined ? {} : { prepare }),
      };
      expect(await roundTrip(one, options)).toEqual(['kept']);
      const { rows } = await one.query(
        "select count(*)::int as count from pg_prepared_statements where name like 'telefsm_%'",
      );
      expect(rows[0].count > 0).toBe(prepare !== false);
      await one.end();
    },
  );

  it.each(['pg', 'postgres'] as const)(
    'go without names behind a pooler that does not know them, and no update is lost: %s',
    async (library) => {
      const bouncer = await startPgBouncer(server, 3);
      const opened = library === 'pg' ? openPool(bouncer.url) : openSql(bouncer.url);
      const storage = postgresStorage(opened.client, { schema: `pooled_${library}` });
      const count = async (key: string) => {
        const lease = await acquire(storage, key, {
          token: `${key}.1`,
          lease: 10_000,
          queue: false,
        });
        if ('busy' in lease) throw new Error('busy');
        const text = `${Number(lease.record?.text ?? 0) + 1}`;
        expect(await lease.commit({ text, state: null })).toBe('done');
      };
      const keys = Array.from({ length: 20 }, (_, at) => `k${at}`);
      for (let round = 0; round < 5; round++) await Promise.all(keys.map(count));
      for (const key of keys) expect((await storage.peek(key))?.text).toBe('5');
      await storage.close();
      await opened.end();
      await bouncer.close();
    },
  );

  it('that are planned survive a table that somebody else changes', async () => {
    const schema = 'changed';
    const storage = postgresStorage(owner, { schema });
    const write = async (token: string) => {
      const lease = await acquire(storage, 'k', { token, lease: 1000, queue: false });
      if ('busy' in lease) throw new Error('busy');
      expect(await lease.commit({ text: token, state: null })).toBe('done');
    };
    for (let n = 0; n < 8; n++) await write(`a.${n}`);
    await owner.query(`alter table ${schema}.telefsm_conversation add column note text`);
    await owner.query(
      `alter table ${schema}.telefsm_conversation alter column record type varchar`,
    );
    for (let n = 0; n < 8; n++) await write(`b.${n}`);
    expect((await storage.peek('k'))?.text).toBe('b.7');
    await storage.close();
  });

  it('are rejected an option that is neither true nor false', () => {
    const make = () => postgresStorage(owner, { prepare: 'yes' as never });
    expect(make).toThrow(/"prepare"/);
  });

  it.each([
    ['42883', 'function now_in_ms() does not exist'],
    ['55000', 'cannot update table "k" because it does not have a replica identity'],
  ])(
    'with an error that has the code %s of another fault keep its words: %s',
    async (code, message) => {
      const failed = Object.assign(new Error(message), { code });
      const pool = statementsThrough(owner, () => Promise.reject(failed));
      expect(await errorOf(Promise.resolve(postgresStorage(pool).peek('k')))).toBe(failed);
    },
  );

  it.each([
    ['42883', 'op_error', /its table has other columns/],
    ['55000', 'rewriteTargetView', /something else has a name/],
    ['42809', 'CheckValidResultRelNew', /something else has a name/],
  ])(
    'that are something else are reported with a remedy in any language: %s of %s',
    async (code, routine, remedy) => {
      const failed = Object.assign(new Error('Die Operation ist nicht möglich'), { code, routine });
      const pool = statementsThrough(owner, () => Promise.reject(failed));
      expect(await errorOf(Promise.resolve(postgresStorage(pool).peek('k')))).toMatchObject({
        code: 'STORAGE_UNUSABLE',
        message: expect.stringMatching(remedy),
      });
    },
  );
});

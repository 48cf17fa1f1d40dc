/** Errors of PostgreSQL and of the network: sorted, and survived. */

import { FsmError } from '@telefsm/core';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { incrementThroughCrashes } from '../../../test/servers/increments.ts';
import { acquire, type Lease } from '../../../test/servers/lease.ts';
import { type PostgresServer, startPostgres } from '../../../test/servers/postgres.ts';
import { postgresStorage } from '../src/index.ts';
import { type OpenClient, openPool, openSql } from './clients.ts';

let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server?.close());

const { classify } = postgresStorage(new pg.Pool());

/** The error that a call is rejected with. */
async function errorOf(call: () => unknown): Promise<Error> {
  try {
    await call();
  } catch (error) {
    return error as Error;
  }
  throw new Error('it was not rejected');
}

describe('an error', () => {
  it.each([
    ['retry', '26000 40001 40P01 53200 53300 55P03 57014 57P03 ECONNREFUSED'],
    ['fatal', 'CONNECTION_ENDED 53100 25006 42501 42P01 28P01 28000 3D000 3F000 22021 23514 54000'],
    ['unknown', '08006 08P01 57P01 57P02 40003 58030 XX000 ECONNRESET EPIPE CONNECTION_CLOSED'],
  ])('is %s by its code: %s', (fault, codes) => {
    for (const code of codes.split(' '))
      expect([code, classify(Object.assign(new Error(), { code }))]).toEqual([code, fault]);
  });

  it.each([
    ['retry', { code: 'ERR_POSTGRES_SERVER_ERROR', errno: '40P01' }],
    ['fatal', { code: 'ERR_POSTGRES_SERVER_ERROR', errno: '42501' }],
    ['unknown', { code: 'ERR_POSTGRES_SERVER_ERROR', errno: 'XX000' }],
    ['retry', { code: 'ERR_POSTGRES_CONNECTION_REFUSED' }],
    ['unknown', { code: 'ERR_POSTGRES_CONNECTION_CLOSED' }],
  ])('of Bun.SQL is %s: %j', (fault, members) => {
    expect(classify(Object.assign(new Error(), members))).toBe(fault);
  });

  it('is unknown without a code, and fatal if it is our own', () => {
    for (const error of [new Error('Connection terminated'), undefined, null, 'text', { code: 7 }])
      expect(classify(error)).toBe('unknown');
    expect(classify(new FsmError('RECORD_NEWER', { key: 'k', version: 2, known: 1 }))).toBe(
      'fatal',
    );
  });

  it('of a client of `postgres` that was closed says so', async () => {
    const { client, end } = openSql(server.url);
    const storage = postgresStorage(client, { schema: 'ended' });
    await storage.peek('k');
    await end();
    const error = await errorOf(() => storage.peek('k'));
    expect(error).toMatchObject({
      code: 'STORAGE_UNUSABLE',
      message: expect.stringMatching(/its client was closed/),
    });
    expect(classify(error)).toBe('fatal');
  });

  const wrong: readonly (readonly [string, string, (url: string) => string])[] = [
    ['a database that is not there', 'fatal', (url) => url.replace(/postgres$/, 'nowhere')],
    ['a role that is not there', 'fatal', (url) => url.replace('postgres@', 'nobody_here@')],
    ['a port where nothing listens', 'retry', (url) => url.replace(/:\d+\//, ':1/')],
  ];
  it.each(wrong)('of the connection is distinguished: %s is %s', async (_, fault, change) => {
    for (const open of [openPool, openSql]) {
      const opened = open(change(server.url));
      const error = await errorOf(() => postgresStorage(opened.client).peek('k'));
      expect(error).toHaveProperty('message');
      expect(classify(error)).toBe(fault);
      await opened.end();
    }
  });

  it('of a pool that its owner has ended is fatal', async () => {
    const opened = openPool(server.url);
    await opened.end();
    const error = await errorOf(() => postgresStorage(opened.client).peek('k'));
    expect(error.message).toMatch(/after calling end/);
    expect(classify(error)).toBe('fatal');
  });

  it('of a pool without a free connection passes', async () => {
    const pool = new pg.Pool({ connectionString: server.url, max: 1 });
    const taken = await pool.connect();
    // from here on: a busy machine may take longer to connect
    pool.options.connectionTimeoutMillis = 50;
    const error = await errorOf(() => postgresStorage(pool).peek('k'));
    expect([error.message, classify(error)]).toEqual([expect.stringMatching(/timeout/), 'retry']);
    taken.release();
    await pool.end();
  });

  it('of a read-only server is fatal and names the cause', async () => {
    const options = '-c default_transaction_read_only=on';
    const [writable, readOnly] = [openPool(server.url), openPool(server.url, { options })];
    const ask = { token: 'a.1', lease: 1000, queue: false };
    const first = await errorOf(() => postgresStorage(readOnly.client).peek('k'));
    expect([classify(first), first.message]).toEqual(['fatal', expect.stringMatching(/read-only/)]);
    await postgresStorage(writable.client).peek('make the tables');
    const storage = postgresStorage(readOnly.client);
    expect(await storage.peek('k')).toBeUndefined();
    const second = await errorOf(() => acquire(storage, 'k', ask));
    expect([classify(second), second.message]).toEqual([
      'fatal',
      expect.stringMatching(/read-only/),
    ]);
    await Promise.all([writable.end(), readOnly.end()]);
  });

  it('of a database whose encoding lacks a character is fatal and names the remedy', async () => {
    const owner = openPool(server.url);
    const encoding = "encoding 'LATIN1' lc_collate 'C' lc_ctype 'C' template template0";
    await owner.client.query(`create database latin ${encoding}`);
    const address = new URL(server.url);
    address.pathname = '/latin';
    const narrow = openPool(address.href);
    const storage = postgresStorage(narrow.client);
    const options = { token: 'a.1', lease: 60_000, queue: false };
    const lease = (await acquire(storage, 'k', options)) as Lease;
    const error = await errorOf(() => lease.commit({ text: '"😀"', state: null }));
    expect([classify(error), error.message]).toEqual([
      'fatal',
      expect.stringMatching(/ENCODING 'UTF8'/),
    ]);
    expect(await lease.commit({ text: '"é"', state: null })).toBe('done');
    expect(await storage.peek('k')).toEqual({ text: '"é"' });
    await narrow.end();
    await owner.end();
  });
});

const ways: readonly (readonly [string, () => OpenClient])[] = [
  ['pg', () => openPool(server.url)],
  ['postgres', () => openSql(server.url)],
];

describe.each(ways)('a server that crashes and comes back, over %s', (way, open) => {
  it('loses no increment and doubles none', async () => {
    const opened = open();
    const storage = postgresStorage(opened.client, { schema: `crash_${way}` });
    const { counts, faults } = await incrementThroughCrashes(storage, server);
    expect(counts).toEqual([150, 150, 150, 150]);
    expect(faults.size).toBeGreaterThan(0);
    expect([...faults]).not.toContain('fatal');
    await storage.close();
    await opened.end();
  });
});

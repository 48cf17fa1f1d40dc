/** PostgreSQL's additions to the contract: two statements an update, no lock in between, lost answers. */

import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { acquire, type Lease } from '../../../test/servers/lease.ts';
import { type PgBouncer, startPgBouncer } from '../../../test/servers/pgbouncer.ts';
import { type SharedServer, sharedPostgres } from '../../../test/servers/shared.ts';
import { tcpProxy } from '../../../test/servers/tcp-proxy.ts';
import { type PostgresStorage, postgresStorage } from '../src/index.ts';
import { type OpenClient, openPool, openSql, statementsThrough, textOf } from './clients.ts';

let server: SharedServer;
let bouncer: PgBouncer;
let admin: pg.Pool;
let tokens = 0;

beforeAll(async () => {
  server = await sharedPostgres();
  bouncer = await startPgBouncer(server);
  admin = new pg.Pool({ connectionString: server.url });
  await admin.query('create extension pg_stat_statements');
});
afterAll(async () => {
  await admin?.end();
  await bouncer?.close();
});

async function take(storage: PostgresStorage, key: string): Promise<Lease> {
  const token = `p.${++tokens}`;
  const answer = await acquire(storage, key, { token, lease: 15_000, queue: false });
  if ('busy' in answer) throw new Error(`busy for ${answer.busy}`);
  return answer;
}

const write = (text: string) => ({ text, state: null });

/** How many statements the server has executed so far, over the tables of a schema. */
async function executed(schema: string): Promise<number> {
  const { rows } = await admin.query(
    'select coalesce(sum(calls), 0)::integer as calls from pg_stat_statements where query like $1',
    [`%"${schema}"."telefsm_conversation"%`],
  );
  return rows[0].calls;
}

it('a conversation without the end of its lease, as an operator may leave it, is given to the next token', async () => {
  const { client } = openPool(server.url);
  const storage = postgresStorage(client, { schema: 'endless' });
  await take(storage, 'k');
  await admin.query('update endless.telefsm_conversation set lease_until = null');
  const lease = await take(storage, 'k');
  expect(await lease.commit(write('mine'))).toBe('done');
  await client.end();
});

describe('an update', () => {
  const ways: readonly (readonly [string, () => OpenClient])[] = [
    ['pg', () => openPool(server.url)],
    ['pg behind pgbouncer in transaction mode', () => openPool(bouncer.url)],
    ['postgres', () => openSql(server.url)],
    ['postgres behind pgbouncer in transaction mode', () => openSql(bouncer.url)],
  ];

  it.each(ways)(
    'takes two statements, as the client and as the server count them: %s',
    async (way, open) => {
      const schema = `count_${ways.findIndex(([name]) => name === way)}`;
      const opened = open();
      const storage = postgresStorage(opened.client, { schema });
      await storage.peek('make the tables');
      // Libraries ask for types and the like when they open a connection; what counts are statements over the table.
      const sent = () => opened.sent.filter((text) => text.includes(schema)).length;
      const [before, calls] = [sent(), await executed(schema)];
      const users = Array.from({ length: 50 }, (_, user) => `user ${user}`);
      await Promise.all(
        users.map(async (key) => {
          for (let step = 0; step < 10; step++)
            await (await take(storage, key)).commit({
              ...write(`${step}`),
              deadlineIn: 60_000,
              ttl: 90_000,
            });
        }),
      );
      // Where connections change under named statements, those that were asked for before that was found out are sent again.
      const again = way === 'pg behind pgbouncer in transaction mode' ? users.length : 0;
      expect(sent() - before).toBeGreaterThanOrEqual(1000);
      expect(sent() - before).toBeLessThanOrEqual(1000 + again);
      expect((await executed(schema)) - calls).toBe(1000);
      await storage.close();
      await opened.end();
    },
  );

  it('holds neither a connection nor a transaction while a handler runs', async () => {
    const { client, end } = openPool(server.url, { max: 2 });
    const storage = postgresStorage(client);
    const leases = await Promise.all(
      Array.from({ length: 20 }, (_, user) => take(storage, `handler ${user}`)),
    );
    // a connection may still be opening that is not needed any more
    await vi.waitFor(() => expect(client.idleCount).toBe(client.totalCount));
    const { rows } = await admin.query(
      "select count(*)::integer as open from pg_stat_activity where state like 'idle in transaction%'",
    );
    expect(rows).toEqual([{ open: 0 }]);
    for (const lease of leases) expect(await lease.commit(write('x'))).toBe('done');
    await end();
  });

  it('gets three columns for its acquire, and none for its commit', async () => {
    const answers: (readonly number[])[] = [];
    const pool = statementsThrough(admin, async (_, send) => {
      const answer = await send();
      answers.push([answer.fields.length, answer.rows.length]);
      return answer;
    });
    const storage = postgresStorage(pool);
    await (await take(storage, 'answered')).commit(write('1'));
    answers.length = 0;
    expect(await (await take(storage, 'answered')).commit(write('2'))).toBe('done');
    expect(answers).toEqual([
      [3, 1],
      [0, 0],
    ]);
  });

  it('is accepted late if nobody has acquired the conversation since', async () => {
    const storage = postgresStorage(admin);
    const lapsed = await acquire(storage, 'late', { token: 'l.1', lease: -1000, queue: false });
    if ('busy' in lapsed) throw new Error('busy');
    expect(await lapsed.commit(write('late, but alone'))).toBe('done');
  });
});

describe('an acquire', () => {
  it('gets a conversation that is released before it has found the holder', async () => {
    const lease = await take(postgresStorage(admin), 'freed');
    const asked: string[] = [];
    const pool = statementsThrough(admin, async (statement, send) => {
      const asksForHolder = / as busy$/.test(textOf(statement));
      asked.push(asksForHolder ? 'holder' : 'other');
      if (asksForHolder) await lease.release();
      return send();
    });
    const storage = postgresStorage(pool);
    await storage.peek('look at the tables');
    asked.length = 0;
    const next = await acquire(storage, 'freed', { token: 'n.1', lease: 1000, queue: true });
    expect(next).not.toHaveProperty('busy');
    expect(asked).toEqual(['other', 'holder', 'other']);
  });

  it('of a conversation that another token has changes nothing but the waiters', async () => {
    const storage = postgresStorage(admin);
    const key = 'held';
    const lease = await take(storage, key);
    const stored = async () =>
      (await admin.query('select * from telefsm_conversation where key = $1', [key])).rows[0];
    const before = await stored();
    await acquire(storage, key, { token: 'w.1', lease: 1000, queue: true });
    await acquire(storage, key, { token: 'w.1', lease: 1000, queue: true });
    expect(await stored()).toEqual({
      ...before,
      waiters: [expect.stringMatching(/^telefsm_\w+ w\.1$/)],
    });
    expect(await lease.commit(write('by the holder'))).toBe('done');
    expect(await stored()).toMatchObject({ owner: 'w.1', waiters: null });
  });
});

describe('a stored record', () => {
  it('can be read with psql: JSON as it was written, under its key', async () => {
    const storage = postgresStorage(admin);
    const text = '{"name":"Анна 😀","note":"a\\nb\\u001b"}';
    await (await take(storage, '7:42:-100')).commit({ text, state: 'order.address' });
    const { rows } = await admin.query(
      "select record, record::json->>'name' as name, state from telefsm_conversation where key = '7:42:-100'",
    );
    expect(rows).toEqual([{ record: text, name: 'Анна 😀', state: 'order.address' }]);
  });

  it('may have keys of 512 bytes, and odd ones that a listing distinguishes', async () => {
    const storage = postgresStorage(admin, { table: 'odd' });
    const keys = ['', ' ', '\0', '\u001b', '\u001b0000', '%_\\', "'; drop table x; --", 'A', 'a'];
    const more = ['é', 'e\u0301', '\ud83d', '\ude00', '😀', '\ud83d\ud83d', 'k'.repeat(512)];
    const all = [...keys, ...more];
    for (const key of all) await (await take(storage, key)).commit(write(`of ${key}`));
    for (const key of all) expect((await storage.peek(key))?.text).toBe(`of ${key}`);
    const listed: string[] = [];
    for await (const { key } of storage.list({})) listed.push(key);
    expect(listed.sort()).toEqual([...all].sort());
    const halves: string[] = [];
    for await (const { key } of storage.list({ prefix: '\ud83d' })) halves.push(key);
    expect(halves.sort()).toEqual(['\ud83d', '\ud83d\ud83d', '😀']);
  });

  it('of one prefix of tables is nothing to another', async () => {
    const [one, other] = [
      postgresStorage(admin, { table: 'one' }),
      postgresStorage(admin, { table: 'two' }),
    ];
    await (await take(one, 'k')).commit(write('x'));
    expect(await other.peek('k')).toBeUndefined();
    expect(
      await acquire(other, 'k', { token: 'o.1', lease: 1000, queue: false }),
    ).not.toHaveProperty('busy');
  });
});

describe.each([
  ['pg', openPool],
  ['postgres', openSql],
] as const)('an answer that gets lost on the way, over %s', (_, open) => {
  it('is asked for again by the same commit, and never writes twice', async () => {
    const proxy = await tcpProxy({ to: server.port });
    const opened = open(server.url.replace(/:\d+\//, `:${proxy.port}/`));
    const storage = postgresStorage(opened.client);
    const key = `lost over ${_}`;
    const lease = await take(storage, key);
    /** Commits while the connection is cut when this text passes, and gives back what the error says. */
    async function cut(fault: 'cut-before' | 'cut-after', text: string, keep?: number) {
      const passes = (bytes: Buffer) => bytes.includes(text);
      const happened = proxy.fail(fault, 1, passes);
      const committed = Promise.resolve(lease.commit(write(text), keep));
      const outcome = await committed.then(String, (error: unknown) => storage.classify(error));
      await happened;
      return outcome;
    }
    expect(await cut('cut-before', 'first unit', 15_000)).toBe('unknown');
    expect(await lease.renew(15_000)).toBe(true);
    expect(await lease.commit(write('first unit'), 15_000)).toBe('done');

    expect(await cut('cut-after', 'second unit', 15_000)).toBe('unknown');
    // The commit has spent the fence: core renews none while a commit is on its way.
    expect(await lease.renew(15_000)).toBe(false);
    expect(await lease.commit(write('second unit'), 15_000)).toBe('already');

    expect(await cut('cut-after', 'third unit')).toBe('unknown');
    expect(await lease.commit(write('third unit'))).toBe('rejected');
    expect((await storage.peek(key))?.text).toBe('third unit');
    await opened.end();
    await proxy.close();
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type PostgresServer, startPostgres } from '../../../test/servers/postgres.ts';
import { postgresStorage } from '../src/index.ts';
import { openPool } from './clients.ts';

let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server?.close());

/** The tables as telefsm made them before conversations had fences. */
const tables = `
  create schema first;
  create table first.telefsm_meta (version integer not null);
  insert into first.telefsm_meta values (1);
  create table first.telefsm_conversation (key text collate "C" primary key, record text, state text collate "C",
    deadline_at timestamptz, expires_at timestamptz, wake_at timestamptz, owner text collate "C",
    lease_until timestamptz, waiters text[], channel text) with (fillfactor = 70);
  create index telefsm_conversation_wake on first.telefsm_conversation (wake_at) where wake_at is not null;
  insert into first.telefsm_conversation (key, record, state, owner, lease_until, deadline_at, wake_at) values
    ('free', '{"v":1}', 'Form:name', null, null, now() + interval '1 hour', now() + interval '1 hour'),
    ('held', '{"v":1}', null, 'old.1', now() + interval '15 s', null, null);`;

describe('tables of the first edition', () => {
  it('are read on: records, deadlines, and leases of processes that still run', async () => {
    const { client, end } = openPool(server.url);
    const run = (text: string) => (client as { query(text: string): Promise<unknown> }).query(text);
    await run(tables);
    const storage = postgresStorage(client, { schema: 'first' });
    const ask = { token: 'new.1', lease: 5000, queue: false };
    const free = await storage.acquire('free', ask);
    expect(free).toMatchObject({ stored: { text: '{"v":1}', deadlineIn: expect.any(Number) } });
    const next = { text: '{"v":1,"d":{}}', state: null };
    expect(await storage.commit('free', { token: 'new.1', fence: free.fence }, next)).toBe('done');
    expect(await storage.acquire('held', ask)).toMatchObject({ owner: 'old.1' });

    // a process of the first edition goes on with its own statements, and releases
    const table = 'first.telefsm_conversation';
    await run(`update ${table} set owner = null, lease_until = null where owner = 'old.1'`);
    const held = await storage.acquire('held', ask);
    expect(held).toMatchObject({ stored: { text: '{"v":1}' } });
    // and where it takes the row over, the new holder is refused
    await run(`update ${table} set owner = 'old.2' where key = 'held'`);
    const late = { token: 'new.1', fence: held.fence };
    expect(await storage.commit('held', late, next)).toBe('rejected');
    await storage.close();
    await end();
  });
});

import { afterAll, describe, expect, it } from 'vitest';
import { sqliteStorage } from '../src/index.ts';
import { folder, libsql, stoppedClock } from './opening.ts';

const files = folder();
afterAll(() => files.remove());

/** The tables as telefsm made them before conversations had fences. */
const tables = `
  create table telefsm_meta (name text primary key, value);
  insert into telefsm_meta values ('version', 1);
  create table telefsm_conversation (key text primary key, record, state, owner text, lease_until integer,
    waiters text, deadline_at integer, wake_at integer, expires_at integer);
  create index telefsm_conversation_wake on telefsm_conversation (wake_at) where wake_at is not null;
  create index telefsm_conversation_expiry on telefsm_conversation (expires_at) where expires_at is not null;`;

describe('tables of the first edition', () => {
  it('are read on: records, deadlines, and leases of processes that still run', async () => {
    const clock = stoppedClock();
    const path = files.file('first.db');
    const database = new libsql(path);
    database.exec(tables);
    const insert = database.prepare(
      'insert into telefsm_conversation (key, record, state, owner, lease_until, deadline_at, wake_at) values (?, ?, ?, ?, ?, ?, ?)',
    );
    const { time } = clock;
    insert.run('free', '{"v":1}', 'Form:name', null, null, time + 1000, time + 1000);
    insert.run('held', '{"v":1}', null, 'old.1', time + 15_000, null, null);
    const storage = sqliteStorage(database, { clock });

    const ask = { token: 'new.1', lease: 5000, queue: false };
    const free = await storage.acquire('free', ask);
    expect(free).toMatchObject({ stored: { text: '{"v":1}', deadlineIn: 1000 } });
    const next = { text: '{"v":1,"d":{}}', state: null };
    expect(await storage.commit('free', { token: 'new.1', fence: free.fence }, next)).toBe('done');
    expect(await storage.acquire('held', ask)).toMatchObject({ busy: 15_000, owner: 'old.1' });

    // a process of the first edition goes on with its own statements, and releases
    const release =
      'update telefsm_conversation set owner = null, lease_until = null where owner = ?';
    database.prepare(release).run('old.1');
    const held = await storage.acquire('held', ask);
    expect(held).toMatchObject({ stored: { text: '{"v":1}' } });
    // and where it takes the row over, the new holder is refused
    database.prepare("update telefsm_conversation set owner = 'old.2' where key = ?").run('held');
    const late = { token: 'new.1', fence: held.fence };
    expect(await storage.commit('held', late, next)).toBe('rejected');
    await storage.close?.();
    database.close();
  });
});

import { chmodSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { createClient } from '@libsql/client';
import type { FsmStorage } from '@telefsm/core';
import { isFsmError } from '@telefsm/core';
import type { StoredConversation, Write } from '@telefsm/core/storage';
import fc from 'fast-check';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { acquire, type Lease } from '../../../test/servers/lease.ts';
import { nodeSqliteDriver, type SqliteConstructor } from '../../../test/servers/sqlite-drivers.ts';
import { classify } from '../src/faults.ts';
import { sqliteStorage } from '../src/index.ts';
import { fromValue, toValue } from '../src/text.ts';
import { drivers, folder, libsql, likeOthers, stoppedClock } from './opening.ts';

const files = folder();
let made = 0;
const newFile = () => files.file(`${++made}.db`);
afterAll(() => files.remove());

let tokens = 0;
async function take(storage: FsmStorage, key: string): Promise<Lease> {
  const options = { token: `t.${++tokens}`, lease: 60_000, queue: false };
  return (await acquire(storage, key, options)) as Lease;
}
async function put(storage: FsmStorage, key: string, text: string, more: Partial<Write> = {}) {
  return (await take(storage, key)).commit({ text, state: null, ...more });
}
async function caught(work: () => unknown): Promise<unknown> {
  try {
    await work();
  } catch (error) {
    return error;
  }
  throw new Error('It did not fail.');
}
const write = (text: string): Write => ({ text, state: null });
const rowsOf = (database: InstanceType<SqliteConstructor>) =>
  database.prepare('select key, record, owner from telefsm_conversation').all();

const allOf = (database: InstanceType<SqliteConstructor>) =>
  database.prepare('select * from telefsm_conversation order by key').all();

describe('a path', () => {
  it('is opened with a write-ahead log, and keeps conversations over a restart', async () => {
    const path = newFile();
    const storage = sqliteStorage(path);
    await put(storage, 'k', 'text');
    await storage.close?.();
    const again = sqliteStorage(path, { synchronous: 'full' });
    expect((await again.peek('k'))?.text).toBe('text');
    await again.close?.();
    const database = new libsql(path);
    expect(database.prepare('pragma journal_mode').get()).toMatchObject({ journal_mode: 'wal' });
    database.close();
  });

  it('makes files that only their owner can read, and leaves the mode of others alone', async () => {
    const modeOf = (file: string) => statSync(file).mode & 0o777;
    const path = newFile();
    const storage = sqliteStorage(path);
    await put(storage, 'k', 'text');
    expect([path, `${path}-wal`, `${path}-shm`].map(modeOf)).toEqual([0o600, 0o600, 0o600]);
    await storage.close?.();
    chmodSync(path, 0o640);
    await sqliteStorage(path).close?.();
    expect(modeOf(path)).toBe(0o640);
  });

  it.each([['off; drop table telefsm_conversation'], ['off'], [2]])(
    'is rejected with synchronous: %o, which becomes a part of a statement',
    async (synchronous) => {
      const error = await caught(() => sqliteStorage(newFile(), { synchronous } as never));
      expect(error).toMatchObject({ code: 'INVALID_OPTION', details: { option: 'synchronous' } });
    },
  );

  it('is rejected with a NUL character, where drivers would read no further', async () => {
    const error = await caught(() => sqliteStorage(`${newFile()}\0.db`));
    expect(error).toMatchObject({ code: 'INVALID_OPTION', details: { option: 'path' } });
  });

  it('is rejected with the reason when it cannot be opened', async () => {
    const error = await caught(() => sqliteStorage(files.file('no/such/folder.db')));
    expect(isFsmError(error, 'INVALID_OPTION')).toBe(true);
    expect(String(error)).toContain('no/such/folder.db');
    expect(String(error)).toMatch(/unable to open/i);
  });

  it('is rejected when it is no database', async () => {
    const path = newFile();
    writeFileSync(path, 'a text file, and by no means a database'.repeat(100));
    const error = await caught(() => sqliteStorage(path));
    expect(isFsmError(error, 'INVALID_OPTION')).toBe(true);
    expect(String(error)).toContain('not a database');
  });

  it.each([
    ['', 'empty'],
    [' ', 'empty'],
    [undefined, 'undefined'],
    [{}, '[object Object]'],
  ])('is rejected when it is %j', async (path, found) => {
    const error = await caught(() => sqliteStorage(path as string));
    expect(error).toMatchObject({ code: 'INVALID_OPTION', details: { option: 'path', found } });
  });

  it('may be in memory', async () => {
    const storage = sqliteStorage(':memory:');
    await put(storage, 'k', 'text');
    expect((await storage.peek('k'))?.text).toBe('text');
    await storage.close?.();
  });
});

it.each(['Database has closed', 'Cannot use a closed database'])(
  'a bun:sqlite database that says "%s" is not asked again',
  (message) => {
    expect(classify(new Error(message))).toBe('fatal');
  },
);

describe('the tables', () => {
  it('are left alone where a later version has made them', async () => {
    const database = new libsql(newFile());
    await put(sqliteStorage(database), 'k', 'text');
    database.exec("update telefsm_meta set value = 99 where name = 'version'");
    const error = await caught(() => sqliteStorage(database));
    expect(isFsmError(error, 'STORAGE_NEWER')).toBe(true);
    expect(error).toMatchObject({ details: { version: 99, known: 2 } });
    expect(rowsOf(database)).toMatchObject([{ key: 'k', record: 'text' }]);
    database.close();
  });

  it('keep no file open where a later version has made them', async () => {
    const path = newFile();
    await sqliteStorage(path).close?.();
    const database = new libsql(path);
    database.exec("update telefsm_meta set value = 99 where name = 'version'");
    database.close();
    // libsql lets go of the file itself only with the garbage, so the call is what can be seen
    const close = vi.spyOn((nodeSqliteDriver() ?? libsql).prototype, 'close');
    const error = await caught(() => sqliteStorage(path));
    const closed = close.mock.contexts.length;
    close.mockRestore();
    expect(isFsmError(error, 'STORAGE_NEWER')).toBe(true);
    // once for the look at the driver in memory, once for the file
    expect(closed).toBe(2);
  });

  it('may be beside other tables', async () => {
    const database = new libsql(newFile());
    database.exec('create table mine (a)');
    await put(sqliteStorage(database), 'k', 'text');
    expect(database.prepare('select count(*) as n from mine').get()).toMatchObject({ n: 0 });
    database.close();
  });

  it('show records as they are', async () => {
    const database = new libsql(newFile());
    await put(sqliteStorage(database), 'k', '{"state":"заказ"}');
    expect(rowsOf(database)).toMatchObject([{ record: '{"state":"заказ"}', owner: null }]);
    database.close();
  });

  it('keep nothing of turns that wrote nothing, and of what was deleted', async () => {
    const database = new libsql(newFile());
    const storage = sqliteStorage(database);
    await (await take(storage, 'a')).release();
    await (await take(storage, 'b')).commit(undefined);
    await put(storage, 'c', 'text');
    await (await take(storage, 'c')).commit(undefined);
    expect(rowsOf(database)).toEqual([]);
    database.close();
  });

  it('give a conversation to the next token if an operator has removed the end of its lease', async () => {
    const database = new libsql(':memory:');
    const storage = sqliteStorage(database);
    await take(storage, 'k');
    const end = () => database.exec('update telefsm_conversation set lease_until = null');
    end();
    const mine = await take(storage, 'k');
    end();
    const again = await storage.acquire('k', { token: mine.token, lease: 1000, queue: false });
    expect(again).toMatchObject({ fence: mine.fence });
    expect(await mine.commit({ text: 'mine', state: null })).toBe('done');
  });

  it('are searched by index: a bot with many conversations waits no longer', async () => {
    const database = new libsql(':memory:');
    const texts: string[] = [];
    const recording = {
      exec: (sql: string) => database.exec(sql),
      close: () => database.close(),
      prepare(sql: string) {
        texts.push(sql);
        return database.prepare(sql);
      },
    };
    sqliteStorage(recording);
    const plans = texts
      .filter((text) => /\b(from|update|into) telefsm_conversation\b/.test(text))
      .map((text) => {
        const values = Array.from(text.matchAll(/\?/g), () => 1);
        const steps = database.prepare(`explain query plan ${text}`).all(...values);
        return { text, plan: steps.map((step) => `${Object(step).detail}`).join('; ') };
      });
    expect(plans.length).toBeGreaterThan(10);
    for (const { text, plan } of plans) {
      expect(plan, text).not.toMatch(/\bscan\b/i);
      if (text.includes('wake_at <=')) expect(plan).toMatch('telefsm_conversation_wake');
    }
  });

  it('lose what has expired, by and by', async () => {
    const clock = stoppedClock();
    const database = new libsql(':memory:');
    const storage = sqliteStorage(database, { clock });
    await put(storage, 'old', 'text', { ttl: 1000 });
    await put(storage, 'new', 'text');
    const held = await take(storage, 'held and never let go');
    clock.time += 1000;
    await storage.due?.(10, 10);
    expect(rowsOf(database)).toMatchObject([{ key: 'new' }, { key: 'held and never let go' }]);
    clock.time += 100_000_000;
    await storage.due?.(10, 10);
    expect(rowsOf(database)).toMatchObject([{ key: 'new' }]);
    expect(await held.commit({ text: 'late', state: null })).toBe('rejected');
    await put(storage, 'swept without deadlines', 'text', { ttl: 1000 });
    clock.time += 1000;
    for (let n = 0; n < 500; n++) await (await take(storage, 'turn')).release();
    expect(rowsOf(database)).toMatchObject([{ key: 'new' }]);
    database.close();
  });
});

describe.each(Object.entries(await drivers()))('a database of %s', (_, Database) => {
  it('stays open when the storage is closed, with its settings', async () => {
    const database = new Database(newFile());
    database.exec('pragma busy_timeout = 1234');
    const storage = sqliteStorage(database);
    await storage.close?.();
    expect(database.prepare('pragma busy_timeout').get()).toMatchObject({ timeout: 1234 });
    database.close();
  });

  it('brings back any text and any state', async () => {
    const database = new Database(':memory:');
    const storage = sqliteStorage(database);
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string(),
      fc.constantFrom('\0', '\ud83d'),
    );
    await fc.assert(
      fc.asyncProperty(text, text, async (text, state) => {
        await put(storage, 'k', text, { state });
        expect((await storage.peek('k'))?.text).toBe(text);
        expect(await listed(storage, { state })).toMatchObject([{ state, stored: { text } }]);
      }),
    );
    database.close();
  });

  it('reports that it is read-only when it is written', async () => {
    const path = newFile();
    const writable = new Database(path);
    await put(sqliteStorage(writable), 'k', 'text');
    const database = new Database(path);
    database.exec('pragma query_only = 1');
    const storage = sqliteStorage(database);
    expect((await storage.peek('k'))?.text).toBe('text');
    const error = await caught(() =>
      acquire(storage, 'k', { token: 't.0', lease: 1000, queue: false }),
    );
    expect(String(error)).toContain('readonly');
    expect(classify(error)).toBe('fatal');
    database.close();
    writable.close();
  });

  it('loses nothing when the disk is full, and continues when it no longer is', async () => {
    const database = new Database(newFile());
    const storage = sqliteStorage(database);
    await put(storage, 'k', 'before');
    const { page_count: pages } = database.prepare('pragma page_count').get() as {
      readonly page_count: number;
    };
    database.exec(`pragma max_page_count = ${pages}`);
    const lease = await take(storage, 'k');
    const write = { text: 'x'.repeat(100_000), state: null };
    const error = await caught(() => lease.commit(write));
    expect(String(error)).toContain('full');
    expect(classify(error)).toBe('fatal');
    expect((await storage.peek('k'))?.text).toBe('before');
    database.exec('pragma max_page_count = 1000000');
    expect(await lease.commit(write)).toBe('done');
    expect((await storage.peek('k'))?.text).toBe(write.text);
    database.close();
  });

  it('is written no more when its file was deleted or replaced, since all would be lost', async () => {
    const path = newFile();
    const database = new Database(path);
    const storage = sqliteStorage(database);
    await put(storage, 'k', 'before');
    const lease = await take(storage, 'k');
    renameSync(path, `${path}.away`);
    const write = { text: 'after', state: null };
    const isRefused = async () => {
      const error = await caught(() => lease.commit(write));
      expect(String(error)).toContain(`'${path}' cannot be used: it was deleted or replaced`);
      expect(classify(error)).toBe('fatal');
    };
    await isRefused();
    writeFileSync(path, '');
    await isRefused();
    renameSync(`${path}.away`, path);
    expect(await lease.commit(write)).toBe('done');
    expect((await storage.peek('k'))?.text).toBe('after');
    database.close();
  });

  it('is not asked again when its owner has closed it', async () => {
    const database = new Database(newFile());
    const storage = sqliteStorage(database);
    database.close();
    const error = await caught(() =>
      acquire(storage, 'k', { token: 't.0', lease: 1000, queue: false }),
    );
    expect(classify(error)).toBe('fatal');
  });

  it('is not asked again for a statement, a text or a new statement after it was closed', async () => {
    const database = new Database(newFile());
    const statement = database.prepare('select 1');
    database.close();
    const uses = [
      () => statement.get(),
      () => database.prepare('select 1'),
      () => database.exec('select 1'),
    ];
    // a statement of libsql that was prepared before goes on answering
    const errors = uses.flatMap((use) => {
      try {
        use();
        return [];
      } catch (error) {
        return [error];
      }
    });
    expect(errors.length).toBeGreaterThan(0);
    for (const error of errors) expect(classify(error)).toBe('fatal');
  });

  it('gives nobody the conversation of one who came while another process wrote', async () => {
    const path = newFile();
    const [database, other] = [new Database(path), new Database(path)];
    database.exec('pragma busy_timeout = 1');
    const storage = sqliteStorage(database);
    for (const key of ['ann', 'bob']) await put(storage, key, `of ${key}`);
    other.exec('begin immediate');
    const options = { lease: 1000, queue: false };
    const error = await caught(() => acquire(storage, 'ann', { ...options, token: 't.1' }));
    expect(classify(error)).toBe('retry');
    other.exec('rollback');
    const lease = (await acquire(storage, 'bob', { ...options, token: 't.2' })) as Lease;
    expect(lease.record?.text).toBe('of bob');
    expect(await lease.commit({ text: 'new', state: null })).toBe('done');
    expect((await storage.peek('ann'))?.text).toBe('of ann');
    other.close();
    database.close();
  });

  it('keeps what was committed after another conversation had found the file busy', async () => {
    const path = newFile();
    const [database, other] = [new Database(path), new Database(path)];
    database.exec('pragma busy_timeout = 1');
    const storage = sqliteStorage(database);
    for (const key of ['ann', 'bob', 'dan']) await put(storage, key, 'before');
    const busy: Lease[] = [];
    for (const key of ['ann', 'bob']) busy.push(await take(storage, key));
    const free = await take(storage, 'dan');
    const [write, renewed] = [{ text: 'after', state: null }, 60_000];
    const calls: (() => unknown)[] = [
      () => busy[0]?.commit(write),
      () => busy[1]?.release(),
      () => busy[0]?.renew(renewed),
      () => storage.settled?.('ann'),
      () => storage.due?.(10, 1000),
      () => acquire(storage, 'new', { token: `t.${++tokens}`, lease: 1000, queue: false }),
    ];
    let keep = 0;
    for (const call of calls) {
      other.exec('begin immediate');
      expect(classify(await caught(call))).toBe('retry');
      other.exec('rollback');
      const text = `${++keep}`;
      await free.commit({ text, state: null }, 1000);
      const seen = () =>
        other.prepare('select record from telefsm_conversation where key = ?').get('dan');
      expect(seen()).toMatchObject({ record: text });
      await call();
      expect(seen()).toMatchObject({ record: text });
    }
    other.close();
    database.close();
  });

  it('names its errors so that they are understood', async () => {
    const database = new Database(':memory:');
    const error = await caught(() => database.prepare('select * from nothing').get());
    expect(classify(error)).toBe('fatal');
    database.close();
  });

  it('lists more than it reads at once', async () => {
    const database = new Database(':memory:');
    const storage = sqliteStorage(database);
    const keys = Array.from({ length: 450 }, (_, n) => `k${1000 + n}`);
    for (const key of keys) await put(storage, key, key, { state: 's' });
    const found = await listed(storage, {});
    expect(found.map(({ key }) => key)).toEqual(keys);
    expect(await listed(storage, { limit: 250 })).toEqual(found.slice(0, 250));
    expect(await listed(storage, { prefix: 'k13', after: 'k1310' })).toEqual(found.slice(311, 400));
    database.close();
  });
});

// a driver says whether a transaction is open by one of two names, or not at all
describe.each(Object.entries({ ...(await drivers()), ...likeOthers }))(
  'a database of the bot: %s',
  (_, Database) => {
    it('rejects writes while the bot has a transaction open, and works again afterwards', async () => {
      const database = new Database(newFile());
      const clock = stoppedClock();
      const storage = sqliteStorage(database, { clock });
      const holder = await take(storage, 'k');
      await holder.commit(write('before'), 60_000);
      const lease = await take(storage, 'l');
      await put(storage, 'due', 'text', { deadlineIn: 0 });
      const before = allOf(database);
      database.exec('begin');
      const works = {
        acquire: () => take(storage, 'm'),
        commit: () => lease.commit(write('lost')),
        commitAndKeep: () => lease.commit(write('lost'), 60_000),
        remove: () => lease.commit(undefined),
        renew: () => lease.renew(90_000),
        release: () => lease.release(),
        due: () => storage.due?.(10, 1000),
        settled: () => storage.settled?.('due'),
      };
      for (const [name, work] of Object.entries(works)) {
        const error = await caught(work);
        expect(error, name).toMatchObject({ message: expect.stringMatching(/open transaction/) });
        expect(classify(error), name).toBe('retry');
      }
      expect((await storage.peek('k'))?.text).toBe('before');
      database.exec('rollback');
      expect(allOf(database)).toEqual(before);
      expect(await lease.renew(90_000)).toBe(true);
      expect(await lease.commit(write('kept'))).toBe('done');
      expect((await storage.peek('l'))?.text).toBe('kept');
      database.close();
    });

    it('is rejected at once if the bot has a transaction open on it, and its tables are not there yet', async () => {
      const database = new Database(newFile());
      const sleep = vi.spyOn(Atomics, 'wait');
      database.exec('begin');
      database.exec('create table mine (a)');
      const error = await caught(() => sqliteStorage(database));
      const slept = sleep.mock.calls.length;
      sleep.mockRestore();
      expect(slept).toBe(0);
      expect(error).toMatchObject({ message: expect.stringMatching(/open transaction/) });
      database.exec('commit');
      await put(sqliteStorage(database), 'k', 'text');
      expect(database.prepare('select count(*) as n from mine').get()).toMatchObject({ n: 0 });
      database.close();
    });
  },
);

it('a database whose rows are arrays is rejected before the tables are created', () => {
  const database = new libsql(files.file('arrays.db'));
  const prepare = database.prepare.bind(database);
  // as node:sqlite with `returnArrays`, which not every Node has
  const arrays = Object.assign(database, {
    prepare: (sql: string) => Reflect.get(prepare(sql), 'raw').call(prepare(sql)),
  });
  expect(() => sqliteStorage(arrays)).toThrow(
    expect.objectContaining({
      code: 'INVALID_OPTION',
      message: expect.stringMatching(/found arrays, as with `returnArrays`/),
    }),
  );
  expect(prepare('select count(*) as tables from sqlite_master').get()).toMatchObject({
    tables: 0,
  });
  database.close();
});

describe('classify', () => {
  it.each([
    [{ code: 'SQLITE_BUSY_SNAPSHOT' }, 'retry'],
    [{ code: 'SQLITE_LOCKED' }, 'retry'],
    [{ code: 'ERR_SQLITE_ERROR', errcode: 5 }, 'retry'],
    [{ code: 'ERR_SQLITE_ERROR', errcode: 517 }, 'retry'],
    [{ code: 'SQLITE_FULL' }, 'fatal'],
    [{ code: 'SQLITE_READONLY_DBMOVED' }, 'fatal'],
    [{ code: 'SQLITE_IOERR_WRITE' }, 'fatal'],
    [{ code: 'ERR_SQLITE_ERROR', errcode: 13 }, 'fatal'],
    [{ code: 'ECONNRESET' }, 'unknown'],
    [{ code: 5 }, 'unknown'],
    [null, 'unknown'],
  ] as const)('of %o is %s', (error, fault) => {
    expect(classify(error)).toBe(fault);
  });
});

describe('toValue', () => {
  it('leaves what every driver carries as it is', async () => {
    for (const text of ['', 'plain', '👩‍👩‍👧', 'é\u0301\ufeff']) expect(toValue(text)).toBe(text);
  });

  it('comes back as any kind of bytes', async () => {
    const bytes = toValue('\0x\ud800') as Uint8Array;
    const copy = Uint8Array.from(bytes);
    for (const value of [bytes, copy, copy.buffer]) expect(fromValue(value)).toBe('\0x\ud800');
  });
});

async function listed(
  storage: FsmStorage,
  query: Parameters<NonNullable<FsmStorage['list']>>[0],
): Promise<StoredConversation[]> {
  const found: StoredConversation[] = [];
  for await (const each of storage.list?.(query) ?? []) found.push(each);
  return found;
}

describe('the asynchronous client of libsql', () => {
  it('is rejected by a message that names what serves instead', () => {
    const client = createClient({ url: ':memory:' });
    expect(() => sqliteStorage(client as never)).toThrow(
      /@libsql\/client', whose answers are promises; 'libsql' opens the same files/,
    );
    client.close();
  });
});

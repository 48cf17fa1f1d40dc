/** MariaDB's additions to the contract: two statements an update, no lock in between, tables that are created once. */

import { randomUUID } from 'node:crypto';
import { FsmError, isFsmError } from '@telefsm/core';
import type { LeaseHolder } from '@telefsm/core/storage';
import {
  createPool as createCallbackPool,
  createPoolCluster as createCallbackPoolCluster,
} from 'mysql2';
import { createPool, createPoolCluster, type Pool, type TypeCast } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { incrementThroughCrashes } from '../../../test/servers/increments.ts';
import { type MariadbServer, startMariadb } from '../../../test/servers/mariadb.ts';
import {
  type MysqlPool,
  type MysqlStorage,
  migrateMysql,
  mysqlStorage,
  type Value,
} from '../src/index.ts';

let server: MariadbServer;
let pool: Pool;

beforeAll(async () => {
  server = await startMariadb({
    'max-allowed-packet': '1M',
    // of servers that were upgraded from MySQL 5.6; an index of such a row has 767 bytes
    'innodb-default-row-format': 'compact',
    'log-bin': 'changes',
    'server-id': '1',
  });
  pool = createPool(server.url);
});
afterAll(async () => {
  await pool?.end();
  await server?.close();
});

async function take(storage: MysqlStorage, key: string): Promise<LeaseHolder> {
  const token = randomUUID();
  const answer = await storage.acquire(key, { token, lease: 15_000, queue: false });
  if ('busy' in answer) throw new Error(`busy for ${answer.busy}`);
  return { token, fence: answer.fence };
}

/** A pool with promises of which only the pool with callbacks beneath can be used. */
function withoutPromises<Promised extends object>(promised: Promised): Promised {
  for (const method of ['execute', 'query', 'getConnection'])
    Object.assign(promised, {
      [method]() {
        throw new Error('The promises of the driver were used.');
      },
    });
  return promised;
}

const otherRows = {
  code: 'INVALID_OPTION',
  message: expect.stringMatching(/without `rowsAsArray`, `nestTables` or a `typeCast`/),
};

const write = (text: string) => ({ text, state: null });

/** How many statements of telefsm the server has executed: calls, and updates outside of procedures. */
async function executed(): Promise<number> {
  const [rows] = await pool.query("show global status where variable_name = 'Com_stmt_execute'");
  return Number((rows as { Value: string }[])[0]?.Value);
}

describe('an update', () => {
  it('takes two statements', async () => {
    const storage = mysqlStorage(pool);
    await storage.peek('make the tables');
    const before = await executed();
    const users = Array.from({ length: 50 }, (_, user) => `user ${user}`);
    await Promise.all(
      users.map(async (key) => {
        for (let step = 0; step < 4; step++)
          await storage.commit(key, await take(storage, key), {
            ...write('x'),
            deadlineIn: 60_000,
          });
      }),
    );
    expect((await executed()) - before).toBe(400);
  });

  it('holds neither a connection nor a transaction while a handler runs', async () => {
    const two = createPool({ uri: server.url, connectionLimit: 2 });
    const storage = mysqlStorage(two);
    const keys = Array.from({ length: 20 }, (_, user) => `handler ${user}`);
    const held = await Promise.all(keys.map((key) => take(storage, key)));
    const [open] = await pool.query('select count(*) as open from information_schema.innodb_trx');
    expect(open).toEqual([{ open: 0 }]);
    for (const [at, holder] of held.entries())
      expect(await storage.commit(keys[at] as string, holder, write('x'))).toBe('done');
    await two.end();
  });
});

describe('a sweep', () => {
  /** How many rows and entries of an index the server has read so far. */
  async function read(): Promise<number> {
    const [rows] = await pool.query("show global status like 'Handler_read%'");
    return (rows as { Value: string }[]).reduce((sum, { Value }) => sum + Number(Value), 0);
  }

  it('reads and locks no more than it claims, however much is due', async () => {
    const storage = mysqlStorage(pool, { table: 'many' });
    await storage.peek('make the tables');
    await pool.query(`insert into many_conversation
      (\`key\`, record, owner, fence, lease_until, deadline_at, expires_at, wake_at)
      select concat('k', seq), '{}', null, 1, 0, if(seq % 3 = 0, seq, null), if(seq % 3 = 1, seq, null), seq
      from seq_1_to_20000`);
    await pool.query('analyze table many_conversation');
    const before = await read();
    expect(await storage.due(40, 30_000)).toEqual(
      Array.from({ length: 40 }, (_, at) => `k${(at + 1) * 3}`),
    );
    expect((await read()) - before).toBeLessThan(2000);
    const [counts] = await pool.query(`select count(*) as left_over, sum(wake_at is null) as moved
      from many_conversation where deadline_at is null`);
    // 200 rows of the index were read: a third of them expired, a third was early
    expect(counts).toEqual([{ left_over: 13_334 - 67, moved: '67' }]);
  });

  it('deletes what has expired behind many that are due to be moved, 1,000 rows at most', async () => {
    const storage = mysqlStorage(pool, { table: 'early' });
    await storage.peek('make the tables');
    await pool.query(`insert into early_conversation
      (\`key\`, record, fence, lease_until, wake_at) select concat('k', seq), '{}', 1, 0, seq from seq_1_to_1500`);
    expect(await storage.due(10, 1000)).toEqual([]);
    const moved = 'select count(*) as moved from early_conversation where wake_at is null';
    expect((await pool.query(moved))[0]).toEqual([{ moved: 1000 }]);
    expect(await storage.due(10, 1000)).toEqual([]);
    expect((await pool.query(moved))[0]).toEqual([{ moved: 1500 }]);
  });
});

describe('a stored record', () => {
  it('can be read with a client of the server: JSON as it was written, under its key', async () => {
    const storage = mysqlStorage(pool);
    const text = '{"name":"Анна 😀","note":"a\\nb"}';
    const holder = await take(storage, '7:42:-100');
    await storage.commit('7:42:-100', holder, { text, state: 'order.address' });
    const [rows] = await pool.query(
      "select convert(record using utf8mb4) as record, json_value(convert(record using utf8mb4), '$.name') as name from telefsm_conversation where `key` = '7:42:-100'",
    );
    expect(rows).toEqual([{ record: text, name: 'Анна 😀' }]);
  });

  it('may have any key, and a listing distinguishes them', async () => {
    const storage = mysqlStorage(pool, { table: 'odd' });
    const odd = ['', ' ', '  ', '\0', '%_\\', "'; drop table x; --", 'A', 'a', 'é', 'e\u0301'];
    const halves = [
      '\ud83d',
      '\ude00',
      '😀',
      '\ud83d\ud83d',
      '\ud83d\ude00\ude00',
      'k'.repeat(512),
    ];
    const all = [...odd, ...halves];
    for (const key of all) await storage.commit(key, await take(storage, key), write(`of ${key}`));
    for (const key of all) expect((await storage.peek(key))?.text).toBe(`of ${key}`);
    const listed: string[] = [];
    for await (const { key } of storage.list({})) listed.push(key);
    expect(listed.sort()).toEqual([...all].sort());
    const found: string[] = [];
    for await (const { key } of storage.list({ prefix: '\ud83d' })) found.push(key);
    expect(found.sort()).toEqual(all.filter((key) => key.startsWith('\ud83d')).sort());
  });

  it('is rejected permanently if the server accepts no packet of its size', async () => {
    const storage = mysqlStorage(pool);
    const holder = await take(storage, 'large');
    const error = await Promise.resolve(
      storage.commit('large', holder, write('x'.repeat(2_000_000))),
    ).catch((reason: unknown) => reason);
    expect(isFsmError(error, 'RECORD_TOO_LARGE') && error.details.limit).toBe(2 ** 20 - 1024);
    expect(storage.classify(error)).toBe('fatal');
    expect(await storage.commit('large', holder, write('small'))).toBe('done');
  });
});

describe('the tables', () => {
  it('are made once by many processes that start at the same time', async () => {
    const pools = Array.from({ length: 8 }, () =>
      createPool({ uri: server.url, connectionLimit: 2 }),
    );
    const table = 'together';
    const took = await Promise.all(
      pools.map((each, at) => take(mysqlStorage(each, { table }), `k${at}`)),
    );
    expect(took).toHaveLength(8);
    await Promise.all(pools.map((each) => each.end()));
  });

  it.each([
    ['table `a_conversation`'],
    ['table `b_meta`'],
    ['table `c_conversation`, `c_meta`'],
    ['procedure `d_acquire_1`'],
  ])(
    'are made whole when %s was dropped, without a restart and by several processes at once',
    async (what) => {
      const table = /`(\w)_/.exec(what)?.[1] as string;
      const storages = Array.from({ length: 3 }, () => mysqlStorage(pool, { table }));
      const [storage] = storages as [MysqlStorage];
      for (const each of storages) await each.release('k', await take(each, 'k'));
      await pool.query(`drop ${what}`);
      const refused = await Promise.allSettled(
        storages.map((each, at) => take(each, `first ${at}`)),
      );
      for (const answer of refused) {
        if (answer.status === 'fulfilled') continue;
        expect(answer.reason).toMatchObject({ code: 'STORAGE_UNUSABLE' });
        expect(String(answer.reason)).toMatch(/does not exist.*created at the next update/i);
        expect(storage.classify(answer.reason)).toBe('fatal');
      }
      expect(refused.some(({ status }) => status === 'rejected')).toBe(
        !what.endsWith('_meta`') || what.includes(','),
      );
      const again = await Promise.all(storages.map((each, at) => take(each, `again ${at}`)));
      expect(again).toHaveLength(3);
      const fresh = mysqlStorage(pool, { table });
      await fresh.release('fresh', await take(fresh, 'fresh'));
    },
  );

  it('of a newer telefsm are left alone', async () => {
    await migrateMysql(pool, { table: 'newer' });
    await pool.query('update newer_meta set version = 99');
    const error = await Promise.resolve(mysqlStorage(pool, { table: 'newer' }).peek('k')).catch(
      (reason: unknown) => reason,
    );
    expect(isFsmError(error, 'STORAGE_NEWER') && error.details.version).toBe(99);
  });

  it('can be made by an owner for a user that may not', async () => {
    await pool.query("create user guest@'%' identified by ''");
    await pool.query("grant select, insert, update, delete on bot.* to guest@'%'");
    const guest = createPool(server.url.replace('root@', 'guest@'));
    const table = 'owned';
    const refused = await Promise.resolve(mysqlStorage(guest, { table }).peek('k')).catch(
      (reason: unknown) => reason,
    );
    expect(refused).toBeInstanceOf(FsmError);
    expect(String(refused)).toMatch(/may create tables and routines/);

    await migrateMysql(pool, { table });
    await pool.query("grant execute on procedure bot.owned_acquire_1 to guest@'%'");
    const storage = mysqlStorage(guest, { table, migrate: false });
    expect(await storage.commit('k', await take(storage, 'k'), write('x'))).toBe('done');
    await guest.end();
  });
});

describe('a server that', () => {
  it('was killed loses nothing that was acknowledged, and the pool continues', async () => {
    const storage = mysqlStorage(pool, { table: 'killed' });
    const holder = await take(storage, 'k');
    expect(await storage.commit('k', holder, write('kept'), 5000)).toBe('done');
    await server.crash();
    const error = await Promise.resolve(storage.peek('k')).catch((reason: unknown) => reason);
    expect(storage.classify(error)).toMatch(/unknown|retry/);
    await server.start();
    expect((await storage.peek('k'))?.text).toBe('kept');
    const next = { token: holder.token, fence: holder.fence + 1 };
    expect(await storage.commit('k', next, write('after'))).toBe('done');
  });

  it('crashes under load loses no increment and doubles none', async () => {
    const storage = mysqlStorage(pool, { table: 'crashes' });
    const { counts, faults } = await incrementThroughCrashes(storage, server);
    expect(counts).toEqual([150, 150, 150, 150]);
    expect(faults.size).toBeGreaterThan(0);
    expect([...faults]).not.toContain('fatal');
  });

  it('requires TLS is reported for good, with what to do', async () => {
    await pool.query('set global require_secure_transport = on');
    const plain = createPool(server.url);
    const storage = mysqlStorage(plain, { table: 'plain' });
    const error = await Promise.resolve(storage.peek('k')).catch((thrown: unknown) => thrown);
    await pool.query('set global require_secure_transport = off');
    expect(error).toMatchObject({
      code: 'STORAGE_UNUSABLE',
      // MariaDB rejects the user; MySQL has a code of its own
      message: expect.stringMatching(/requires TLS, set `ssl` of the pool/),
    });
    expect(storage.classify(error)).toBe('fatal');
    await plain.end();
  });

  it('cannot log the changes of a session is reported for good, with what to do', async () => {
    await migrateMysql(pool, { table: 'unlogged' });
    const session = createPool({ uri: server.url, connectionLimit: 1 });
    session.pool.on('connection', (connection) => {
      connection.query("set binlog_format = 'STATEMENT'");
      connection.query('set session transaction isolation level read committed');
    });
    const storage = mysqlStorage(session, { table: 'unlogged' });
    const error = await take(storage, 'k').catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: 'STORAGE_UNUSABLE',
      message: expect.stringMatching(/Set binlog_format to ROW/),
    });
    expect(storage.classify(error)).toBe('fatal');
    await session.end();
  });

  it('reads empty texts as null finds what is due, with and without a prefix', async () => {
    const session = createPool({ uri: server.url, connectionLimit: 1 });
    session.pool.on('connection', (connection) => {
      connection.query("set sql_mode = 'EMPTY_STRING_IS_NULL'");
    });
    const storage = mysqlStorage(session, { table: 'empty_texts' });
    for (const key of ['a:1', 'b:1']) {
      const due = { ...write('{}'), deadlineIn: 0 };
      expect(await storage.commit(key, await take(storage, key), due)).toBe('done');
    }
    expect(await storage.due(10, 1000, 'b:')).toEqual(['b:1']);
    expect(await storage.due(10, 1000)).toEqual(['a:1']);
    await session.end();
  });

  it('has an old row format gets tables whose keys may be long', async () => {
    const storage = mysqlStorage(pool, { table: 'long_keys' });
    const key = 'k'.repeat(1024);
    expect(await storage.commit(key, await take(storage, key), write('x'))).toBe('done');
    expect((await storage.peek(key))?.text).toBe('x');
  });

  it('may not be written is reported for good', async () => {
    await pool.query("create user reader@'%' identified by ''");
    await pool.query("grant select, insert, update, delete, execute on bot.* to reader@'%'");
    await migrateMysql(pool, { table: 'readonly' });
    await pool.query('set global read_only = 1');
    const reader = createPool(server.url.replace('root@', 'reader@'));
    const storage = mysqlStorage(reader, { table: 'readonly' });
    const error = await take(storage, 'k').catch((reason: unknown) => reason);
    await pool.query('set global read_only = 0');
    expect(storage.classify(error)).toBe('fatal');
    await reader.end();
  });
});

describe('mysqlStorage', () => {
  it.each([
    ['a single connection', { execute: () => {}, query: () => {} }, /createPool\(\)/],
    ['an address', 'mysql://localhost', /createPool\(\)/],
  ])('rejects %s by name', (_, client, sentence) => {
    expect(() => mysqlStorage(client as never)).toThrow(sentence);
  });

  it('sends its statements to a pool with callbacks, and to the one beneath a pool with promises', async () => {
    const callbacks = createCallbackPool({ uri: server.url, connectionLimit: 7 });
    const promises = withoutPromises(callbacks.promise());
    const given = { callbacks, promises, wrapped: { pool: promises } };
    for (const [table, pool] of Object.entries(given)) {
      await migrateMysql(pool, { table });
      const storage = mysqlStorage(pool, { table });
      expect(storage.features.parallel).toBe(7);
      expect(await storage.commit('k', await take(storage, 'k'), write('x'))).toBe('done');
      expect((await storage.peek('k'))?.text).toBe('x');
    }
    await callbacks.promise().end();
  });

  it('sends its statements to the pools of a cluster, with callbacks or with promises', async () => {
    const callbacks = createCallbackPoolCluster();
    const promises = createPoolCluster();
    for (const cluster of [callbacks, promises]) cluster.add('primary', { uri: server.url });
    // mysql2 declares no member beneath the promises of a cluster
    const beneath = withoutPromises(promises.of('*')) as unknown as MysqlPool;
    const given = { cluster: callbacks.of('primary'), promised: beneath };
    for (const [table, pool] of Object.entries(given)) {
      const storage = mysqlStorage(pool, { table });
      expect(await storage.commit('k', await take(storage, 'k'), write('x'))).toBe('done');
      expect((await storage.peek('k'))?.text).toBe('x');
    }
    callbacks.end();
    await promises.end();
  });

  it('rejects a cluster, and objects that wrap each other', () => {
    const circle: { pool?: unknown } = {};
    circle.pool = { pool: circle };
    for (const client of [createCallbackPoolCluster(), createPoolCluster(), circle])
      expect(() => mysqlStorage(client as never)).toThrow(/createPool\(\)/);
  });

  it('rejects a wrapper whose methods return promises, at its first statement', async () => {
    const wrapper = {
      execute: (statement: string, values: Value[]) => pool.execute(statement, values),
      query: (statement: string) => pool.query(statement),
      getConnection: () => pool.getConnection(),
    };
    const refusal = { code: 'INVALID_OPTION', message: expect.stringMatching(/return promises/) };
    // @ts-expect-error a method with a callback returns no promise
    const storage = mysqlStorage(wrapper);
    await expect(storage.peek('k')).rejects.toMatchObject(refusal);
    // @ts-expect-error likewise
    await expect(migrateMysql(wrapper)).rejects.toMatchObject(refusal);
  });

  it.each([{ rowsAsArray: true }, { nestTables: true }, { nestTables: '_' }] as const)(
    'rejects a pool that answers rows in another shape: %o',
    async (option) => {
      const odd = createPool({ uri: server.url, ...option });
      const storage = mysqlStorage(odd, { table: 'odd_rows' });
      await expect(storage.peek('k')).rejects.toMatchObject(otherRows);
      await odd.end();
    },
  );

  it('rejects a pool that answers numbers in another shape, by the names of what it found', async () => {
    const typeCast: TypeCast = (field) => BigInt(field.string() ?? 0);
    const odd = createPool({ uri: server.url, rowsAsArray: true, typeCast });
    const storage = mysqlStorage(odd, { table: 'odd_rows' });
    await expect(storage.peek('k')).rejects.toMatchObject({
      ...otherRows,
      details: expect.objectContaining({ found: 'a row with the columns 0, 1' }),
    });
    await odd.end();
  });

  it('rejects a pool that answers texts instead of bytes, before a handler sees one', async () => {
    const texts: TypeCast = (field) => field.string();
    const blobs: TypeCast = (field, next) =>
      field.type === 'LONG_BLOB' || field.type === 'BLOB' ? field.string() : next();
    const table = 'cast_rows';
    const plain = mysqlStorage(pool, { table });
    await plain.commit('k', await take(plain, 'k'), write('café'));
    for (const typeCast of [texts, blobs, false]) {
      const odd = createPool({ uri: server.url, typeCast });
      const storage = mysqlStorage(odd, { table });
      let error: unknown;
      do {
        error = await take(storage, 'k').catch((reason: unknown) => reason);
        await pool.query(`update ${table}_conversation set owner = null`);
        // `mysql2` cannot read every time of the server as a text
      } while (String(error).includes('Should not reach here'));
      expect(error).toMatchObject(otherRows);
      expect(String(error)).not.toContain('café');
      await odd.end();
    }
  });

  it('rejects keys and states that are texts instead of bytes', async () => {
    const table = 'cast_keys';
    const plain = mysqlStorage(pool, { table });
    const due = { ...write('café'), state: 'a state', deadlineIn: 0 };
    await plain.commit('a key', await take(plain, 'a key'), due);
    for (const name of ['key', 'state']) {
      const typeCast: TypeCast = (field, next) => (field.name === name ? field.string() : next());
      const odd = createPool({ uri: server.url, typeCast });
      const storage = mysqlStorage(odd, { table });
      const rejected = {
        ...otherRows,
        details: expect.objectContaining({ found: 'a string in place of bytes' }),
      };
      await expect(storage.list({})[Symbol.asyncIterator]().next()).rejects.toMatchObject(rejected);
      if (name === 'key') await expect(storage.due(10, 1000)).rejects.toMatchObject(rejected);
      await odd.end();
    }
  });

  it('rejects a pool whose sessions do not commit, before it changes anything', async () => {
    const open = createPool({ uri: server.url, connectionLimit: 1 });
    open.pool.on('connection', (connection) => connection.query('set autocommit = 0'));
    const storage = mysqlStorage(open, { table: 'uncommitted' });
    await expect(take(storage, 'k')).rejects.toMatchObject({
      code: 'INVALID_OPTION',
      message: expect.stringMatching(/autocommit = 0/),
    });
    const [tables] = await pool.query("show tables like 'uncommitted%'");
    expect(tables).toEqual([]);
    await open.end();
  });

  it('rejects an update on a connection that the bot gave back within a transaction, and undoes it', async () => {
    const one = createPool({ uri: server.url, connectionLimit: 1 });
    const storage = mysqlStorage(one, { table: 'leaked' });
    const others = mysqlStorage(pool, { table: 'leaked' });
    const holder = await take(storage, 'k');
    const leak = async () => {
      const connection = await one.getConnection();
      await connection.beginTransaction();
      connection.release();
    };
    const unusable = {
      code: 'STORAGE_UNUSABLE',
      message: expect.stringMatching(/open transaction.*rolled back.*before release\(\)/s),
    };
    // ended by the bot, or by the next transaction on that connection
    for (const end of ['commit', 'start transaction']) {
      await leak();
      const lost = Promise.resolve(storage.commit('k', holder, write('lost')));
      await expect(lost).rejects.toMatchObject(unusable);
      await one.query(end);
      await one.query('commit');
      expect(await others.peek('k')).toBeUndefined();
    }
    await leak();
    await expect(take(storage, 'another')).rejects.toMatchObject(unusable);
    await one.query('commit');
    const { fence } = await take(others, 'another');
    expect(fence).toBeGreaterThan(0);
    expect(await storage.commit('k', holder, write('kept'))).toBe('done');
    expect((await others.peek('k'))?.text).toBe('kept');
    await one.end();
  });

  it('gives back each connection, also after an error', async () => {
    const one = createPool({ uri: server.url, connectionLimit: 1 });
    const storage = mysqlStorage(one, { table: 'given_back' });
    const holder = await take(storage, 'k');
    await one.query('set session transaction read only');
    const error = await Promise.resolve(storage.commit('k', holder, write('x'))).catch(
      (reason: unknown) => reason,
    );
    expect(error).toMatchObject({ code: 'STORAGE_UNUSABLE' });
    // a read-only session is not used again: after a failover it would stay read-only
    expect(await storage.commit('k', holder, write('x'))).toBe('done');
    await one.end();
  });

  it('is seen by what patches the connections of mysql2, as instrumentations do', async () => {
    const one = createCallbackPool({ uri: server.url, connectionLimit: 1 });
    const seen: unknown[] = [];
    one.on('connection', (connection) => {
      const { execute } = connection;
      connection.execute = function traced(this: unknown, ...values: unknown[]) {
        seen.push(values[0]);
        return Reflect.apply(execute, this, values);
      };
    });
    const storage = mysqlStorage(withoutPromises(one.promise()));
    await storage.release('traced', await take(storage, 'traced'));
    expect(seen).toEqual([
      expect.stringMatching(/^call `telefsm_acquire_1`/),
      expect.stringMatching(/^update `telefsm_conversation`/),
    ]);
    await one.promise().end();
  });

  it('rejects names that are not plain', () => {
    expect(() => mysqlStorage(pool, { table: 'a`b' })).toThrow(/letters, digits and underscores/);
  });
});

/** A database where something else has a name that telefsm needs: the first update says so, with what to do, and works when it is gone. */

import { mysqlStorage } from '@telefsm/storage-mysql';
import { postgresStorage } from '@telefsm/storage-postgres';
import { sqliteStorage } from '@telefsm/storage-sqlite';
import Libsql from 'libsql';
import { createPool } from 'mysql2/promise';
import pg from 'pg';
import { afterEach, describe, expect, it } from 'vitest';
import { updateOf } from '../processes/counting-bot.ts';
import { freshName, sharedMariadb, sharedPostgres } from '../servers/shared.ts';
import { add, botOn, closeAll, type HeldBot, kept, toClose } from './outages.ts';

afterEach(closeAll);

/** Rejected before the handler, by name and with a remedy; handled once the name is free. */
async function expectExplained(bot: HeldBot, free: () => unknown): Promise<void> {
  const port = { id: 1, call: async () => true };
  await expect(bot.machine.handle(updateOf(add(1)), port)).rejects.toMatchObject({
    code: 'STORAGE_FAILED',
    cause: { code: 'STORAGE_UNUSABLE', message: expect.stringMatching(/Drop|Rename or drop/) },
  });
  expect(bot.begun()).toBe(0);
  await free();
  // what has gone may be noticed by the statement that fails for it
  await bot.handle({ ...add(2), chat: 2 });
  expect(await bot.handle(add(1))).toMatchObject(kept(1));
}

/** A server that reports errors in another language (`lc_messages`), which needs a locale of the system. */
class ForeignPool extends pg.Pool {
  // the pool itself sends with a callback
  override query: pg.Pool['query'] = (async (...args: Parameters<pg.Pool['query']>) => {
    try {
      return await super.query(...args);
    } catch (error) {
      throw Object.assign(Object(error), { message: 'Ошибка' });
    }
  }) as never;
}

describe('a name that is taken in PostgreSQL', () => {
  it.each([
    ['table', 'telefsm_conversation', '(id int)'],
    ['table', 'telefsm_conversation', '(key int, owner int, fence int, lease_until int)'],
    ['view', 'telefsm_conversation', 'as select 1 as key'],
    ['sequence', 'telefsm_conversation', ''],
    ['type', 'telefsm_conversation', "as enum ('a')"],
    ['table', 'telefsm_meta', '(name text primary key, value text)'],
    ['view', 'telefsm_meta', 'as select 1 as version'],
  ])('by a %s is reported with a remedy in any language: %s %s', async (kind, name, definition) => {
    const { url } = await sharedPostgres();
    const pool = new ForeignPool({ connectionString: url });
    toClose.push(() => pool.end());
    const schema = `names_${freshName().replace(/\W/g, '')}`;
    await pool.query(`create schema ${schema}`);
    await pool.query(`create ${kind} ${schema}.${name} ${definition}`);
    const free = () => pool.query(`drop ${kind} ${schema}.${name}`);
    await expectExplained(botOn(postgresStorage(pool, { schema })), free);
  });
});

describe('a name that is taken in MariaDB', () => {
  it.each([
    ['table', 'conversation', '(id int)'],
    ['view', 'conversation', 'as select 1 as k'],
    ['procedure', 'acquire_1', '() select 1'],
    ['table', 'meta', '(name varchar(20) primary key, value int)'],
    ['view', 'meta', 'as select 1 as k'],
  ])('by a %s is reported with a remedy: …_%s %s', async (kind, name, definition) => {
    const { url } = await sharedMariadb();
    const pool = createPool(url);
    toClose.push(() => pool.end());
    const table = `n${freshName().replace(/\W/g, '')}`;
    await pool.query(`create ${kind} ${table}_${name} ${definition}`);
    const free = () => pool.query(`drop ${kind} ${table}_${name}`);
    await expectExplained(botOn(mysqlStorage(pool, { table })), free);
  });
});

describe('a name that is taken in SQLite', () => {
  it.each([
    ['table', 'telefsm_conversation', '(id int)'],
    ['view', 'telefsm_conversation', 'as select 1 as k'],
    ['table', 'telefsm_meta', '(x int)'],
    ['view', 'telefsm_meta', 'as select 1 as k'],
  ])('by a %s is reported with a remedy: %s %s', (kind, name, definition) => {
    const database = new Libsql(':memory:');
    toClose.push(() => database.close());
    database.exec(`create ${kind} ${name} ${definition}`);
    const before = database.prepare('select * from sqlite_master').all();
    expect(() => sqliteStorage(database)).toThrow(
      expect.objectContaining({
        code: 'STORAGE_UNUSABLE',
        message: expect.stringMatching(/Rename or drop/),
      }),
    );
    // what is not ours stays as it is
    expect(database.prepare('select * from sqlite_master').all()).toEqual(before);
    database.exec(`drop ${kind} ${name}`);
    expect(() => sqliteStorage(database)).not.toThrow();
  });

  it('while the bot runs is reported with a remedy, and the table is used once it is back', async () => {
    const database = new Libsql(':memory:');
    toClose.push(() => database.close());
    const storage = sqliteStorage(database);
    const acquired = () => storage.acquire('k', { token: 'p.1', lease: 1000, queue: false });
    database.exec('alter table telefsm_conversation rename to moved');
    database.exec('create view telefsm_conversation as select * from moved');
    expect(acquired).toThrow(
      expect.objectContaining({
        code: 'STORAGE_UNUSABLE',
        message: expect.stringMatching(/Rename or drop/),
      }),
    );
    database.exec('drop view telefsm_conversation');
    database.exec('alter table moved rename to telefsm_conversation');
    expect(acquired()).toMatchObject({ stored: undefined });
  });
});

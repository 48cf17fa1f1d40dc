/** Files that somebody deletes, replaces, cuts or damages: an error says so before a handler runs, and once repaired the bot goes on. */

import {
  copyFileSync,
  existsSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { type FsmStorage, isFsmError } from '@telefsm/core';
import { createMachine } from '@telefsm/core/adapter';
import { afterAll, describe, expect, it } from 'vitest';
import { sqliteStorage } from '../src/index.ts';
import { drivers, folder, libsql, ofPaths } from './opening.ts';

const files = folder();
let made = 0;
const newFile = () => files.file(`${++made}.db`);
afterAll(() => files.remove());

/** Writes the log into the file: libsql does so only when its connection is collected as garbage. */
async function closed(storage: FsmStorage, path: string): Promise<void> {
  await storage.close?.();
  const database = new libsql(path);
  database.prepare('pragma wal_checkpoint(truncate)').all();
  database.close();
}

/** Lets libsql close what nobody uses any more. */
async function collectGarbage(): Promise<void> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  for (let n = 0; n < 3; n++) {
    collect();
    await new Promise(setImmediate);
  }
}

/** A bot that counts the messages of one user. */
function counter(storage: FsmStorage) {
  const machine = createMachine({ storage });
  let id = 0;
  let handled = 0;
  return {
    machine,
    get handled() {
      return handled;
    },
    async add(): Promise<void> {
      const from = { id: 1, is_bot: false, first_name: 'Ann' };
      const chat = { id: 1, type: 'private' };
      const message = { message_id: ++id, date: 0, chat, from, text: 'a' };
      await machine.handle({ update_id: id, message }, { id: 1, call: async () => true }, () => {
        handled++;
      });
    },
  };
}

/** The error that an update is refused with, before its handler runs. */
async function refusal(bot: ReturnType<typeof counter>) {
  const before = bot.handled;
  const error: unknown = await bot.add().then(
    () => expect.unreachable('it was handled'),
    (reason: unknown) => reason,
  );
  expect(bot.handled).toBe(before);
  expect(error).toMatchObject({ code: 'STORAGE_FAILED', details: { operation: 'acquire' } });
  const { cause } = error as { readonly cause?: unknown };
  if (!isFsmError(cause, 'STORAGE_UNUSABLE')) throw cause;
  return cause;
}

async function put(storage: FsmStorage, key: string, text: string): Promise<void> {
  const token = `t.${key}.${text}`;
  const answer = await storage.acquire(key, { token, lease: 1000, queue: false });
  if ('busy' in answer) throw new Error('busy');
  expect(await storage.commit(key, { token, fence: answer.fence }, { text, state: null })).toBe(
    'done',
  );
}

describe('a file that is open', () => {
  it('loses nothing when its -wal is deleted: the update is rejected, and the next one finds all', async () => {
    const path = newFile();
    const storage = sqliteStorage(path);
    const bot = counter(storage);
    await bot.add();
    await put(storage, 'k', 'kept');
    rmSync(`${path}-wal`);
    expect((await refusal(bot)).message).toMatch(
      /its -wal was deleted or replaced.*Stop all processes that use the file/,
    );
    await collectGarbage();
    await bot.add();
    expect((await storage.peek('k'))?.text).toBe('kept');
    await storage.close?.();
    const again = sqliteStorage(path);
    expect((await again.peek('k'))?.text).toBe('kept');
    await again.close?.();
  });

  it('is not opened beside a process that still writes to the deleted -wal', async () => {
    const path = newFile();
    const storage = sqliteStorage(path);
    const bot = counter(storage);
    await put(storage, 'k', 'kept');
    const other = new ofPaths(path);
    other.prepare('select count(*) from telefsm_conversation').all();
    rmSync(`${path}-wal`);
    await refusal(bot);
    expect((await refusal(bot)).message).toMatch(/Stop all processes/);
    other.close();
    await collectGarbage();
    rmSync(`${path}-shm`, { force: true });
    await bot.add();
    expect((await storage.peek('k'))?.text).toBe('kept');
    await storage.close?.();
  });

  it('continues with a backup that was put in its place', async () => {
    const path = newFile();
    const first = sqliteStorage(path);
    await put(first, 'k', 'of the backup');
    await closed(first, path);
    copyFileSync(path, `${path}.backup`);
    const storage = sqliteStorage(path);
    const bot = counter(storage);
    await put(storage, 'k', 'later');
    rmSync(path);
    expect((await refusal(bot)).message).toMatch(/deleted or replaced.*Put the file back/);
    // nothing is made in place of a file that is gone
    await refusal(bot);
    expect(existsSync(path)).toBe(false);
    renameSync(`${path}.backup`, path);
    for (const rest of ['-wal', '-shm']) rmSync(path + rest, { force: true });
    await bot.add();
    expect((await storage.peek('k'))?.text).toBe('of the backup');
    await storage.close?.();
  });

  it.each(['vacuum', 'auto_vacuum'])('may shrink by %s, and grow again in its log', async (way) => {
    const database = new ofPaths(newFile());
    if (way === 'auto_vacuum') database.exec('pragma auto_vacuum = full');
    for (const setting of ['journal_mode = wal', 'busy_timeout = 50'])
      database.prepare(`pragma ${setting}`).all();
    database.exec('create table log (text)');
    const log = (rows: number) =>
      database.exec(`insert into log with recursive n(i) as (select 1 union all select i + 1 from n where i < ${rows})
        select replace(hex(zeroblob(1500)), '00', 'xx') from n`);
    log(500);
    const checkpoint = () => database.prepare('pragma wal_checkpoint(passive)').all();
    checkpoint();
    const bot = counter(sqliteStorage(database));
    await bot.add();
    database.exec('delete from log');
    if (way === 'vacuum') database.exec('vacuum');
    checkpoint();
    log(50);
    await bot.add();
    await bot.add();
    expect(bot.handled).toBe(3);
    database.close();
  });

  it('is not opened again by a storage that was closed', async () => {
    const path = newFile();
    const storage = sqliteStorage(path);
    await put(storage, 'k', 'kept');
    renameSync(path, `${path}.moved`);
    await expect(put(storage, 'k', 'lost')).rejects.toMatchObject({ code: 'STORAGE_UNUSABLE' });
    await storage.close?.();
    renameSync(`${path}.moved`, path);
    const error = await put(storage, 'k', 'lost').catch((reason: unknown) => reason);
    expect(String(error)).toMatch(/its storage was closed/);
    expect(storage.classify?.(error)).toBe('fatal');
  });

  it('is rejected when it was cut short, until it is whole again', async () => {
    const path = newFile();
    const first = sqliteStorage(path);
    for (let n = 0; n < 50; n++) await put(first, `k${n}`, 'x'.repeat(1000));
    await closed(first, path);
    copyFileSync(path, `${path}.backup`);
    const storage = sqliteStorage(path);
    const bot = counter(storage);
    await bot.add();
    truncateSync(path, 8192);
    expect((await refusal(bot)).message).toMatch(/was cut short/);
    rmSync(path);
    for (const rest of ['-wal', '-shm']) rmSync(path + rest, { force: true });
    renameSync(`${path}.backup`, path);
    await bot.add();
    expect((await storage.peek('k49'))?.text).toBe('x'.repeat(1000));
    await storage.close?.();
  });
});

it('a file with damaged pages is rejected by name when it is opened or first used', async () => {
  const path = newFile();
  const first = sqliteStorage(path);
  for (let n = 0; n < 50; n++) await put(first, `k${n}`, 'x'.repeat(1000));
  await closed(first, path);
  copyFileSync(path, `${path}.backup`);
  const bytes = readFileSync(path);
  bytes.fill(0x5a, 4096);
  writeFileSync(path, bytes);
  let found: unknown;
  try {
    const storage = sqliteStorage(path);
    try {
      await storage.acquire('k1', { token: 't', lease: 1000, queue: false });
    } finally {
      await storage.close?.();
    }
  } catch (error) {
    found = error;
  }
  expect(String(found)).toMatch(/damaged.*malformed.*restore it from a backup/);
  copyFileSync(`${path}.backup`, path);
  const repaired = sqliteStorage(path);
  expect((await repaired.peek('k49'))?.text).toBe('x'.repeat(1000));
  await repaired.close?.();
});

describe.each(Object.entries(await drivers()))('a database of %s', (_, Database) => {
  it.each([
    [['telefsm_conversation']],
    [['telefsm_meta']],
    [['telefsm_conversation', 'telefsm_meta']],
  ])('continues without a restart when %j was dropped', async (tables) => {
    const database = new Database(newFile());
    const storage = sqliteStorage(database);
    const bot = counter(storage);
    await bot.add();
    for (const table of tables) database.exec(`drop table ${table}`);
    if (tables.includes('telefsm_conversation'))
      expect((await refusal(bot)).message).toMatch(/its tables were dropped/);
    await bot.add();
    await put(storage, 'k', 'kept');
    expect((await sqliteStorage(database).peek('k'))?.text).toBe('kept');
    database.close();
  });

  it('is rejected before a handler runs while the disk is full, and continues when it no longer is', async () => {
    const database = new Database(newFile());
    const storage = sqliteStorage(database);
    const bot = counter(storage);
    const { page_count: pages } = database.prepare('pragma page_count').get() as {
      readonly page_count: number;
    };
    database.exec(`pragma max_page_count = ${pages}`);
    let n = 0;
    const fill = async () => {
      for (;;) await put(storage, `k${++n}`, 'x'.repeat(500));
    };
    await expect(fill()).rejects.toMatchObject({ code: 'STORAGE_UNUSABLE' });
    const long = { token: 't.long', lease: 1000, queue: false };
    const key = 'k'.repeat(3000);
    const answer = await Promise.resolve()
      .then(() => storage.acquire(key, long))
      .catch((reason: unknown) => reason);
    expect(isFsmError(answer, 'STORAGE_UNUSABLE') && answer.message).toMatch(
      /its disk is full.*Make space/,
    );
    database.exec('pragma max_page_count = 1000000');
    await bot.add();
    database.close();
  });
});

import { storageContract } from '@telefsm/testing';
import { afterAll, describe, it } from 'vitest';
import type { SqliteConstructor } from '../../../test/servers/sqlite-drivers.ts';
import { sqliteStorage } from '../src/index.ts';
import { drivers, folder, libsql, stoppedClock } from './opening.ts';

/** Moves every stored instant of a conversation, by a connection of its own. */
function shiftIn(path: string, Database: SqliteConstructor) {
  return (key: string, ms: number) => {
    const database = new Database(path);
    database
      .prepare(
        `update telefsm_conversation set lease_until = lease_until + ?, deadline_at = deadline_at + ?,
          wake_at = wake_at + ?, expires_at = expires_at + ? where key = ?`,
      )
      .run(ms, ms, ms, ms, key);
    database.close();
  };
}

const files = folder();
let made = 0;
afterAll(() => files.remove());

describe.each(Object.entries(await drivers()))('the storage contract on %s', (_, Database) => {
  const make = () => {
    const clock = stoppedClock();
    const path = files.file(`${++made}.db`);
    const opened: { close(): unknown }[] = [];
    const open = () => {
      const database = new Database(path);
      database.exec('pragma journal_mode = wal');
      database.exec('pragma synchronous = normal');
      opened.push(database);
      const storage = sqliteStorage(database, { clock });
      const close = async () => {
        await storage.close?.();
        for (const each of opened.splice(0)) each.close();
      };
      return { ...storage, close };
    };
    const advance = (ms: number) => {
      clock.time += ms;
    };
    return { storage: open(), another: open, advance, shift: shiftIn(path, Database) };
  };

  for (const { concept, title, run } of storageContract(make)) it(`${concept}: ${title}`, run);
});

describe('the storage contract on a path, in real time', () => {
  const make = () => {
    const path = files.file(`${++made}.db`);
    const storage = sqliteStorage(path);
    return { storage, another: () => sqliteStorage(path), shift: shiftIn(path, libsql) };
  };

  for (const { concept, title, run } of storageContract(make)) it(`${concept}: ${title}`, run);
});

import { storageContract } from '@telefsm/testing';
import { afterAll, describe, it } from 'vitest';
import { sqliteStorage } from '../src/index.ts';
import { drivers, folder, stoppedClock } from './opening.ts';

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
    return { storage: open(), another: open, advance };
  };

  for (const { concept, title, run } of storageContract(make)) it(`${concept}: ${title}`, run);
});

describe('the storage contract on a path, in real time', () => {
  const make = () => {
    const path = files.file(`${++made}.db`);
    return { storage: sqliteStorage(path), another: () => sqliteStorage(path) };
  };

  for (const { concept, title, run } of storageContract(make)) it(`${concept}: ${title}`, run);
});

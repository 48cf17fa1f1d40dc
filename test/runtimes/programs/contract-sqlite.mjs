/** The storage contract on SQLite, through the driver that is named as an argument. */

import { mkdtempSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sqliteStorage } from '@telefsm/storage-sqlite';
import { judge } from './contract.mjs';

const driver = createRequire(import.meta.url)(process.argv[2]);
const Database = driver.DatabaseSync ?? driver.Database ?? driver;
const folder = mkdtempSync(join(tmpdir(), 'telefsm-contract-'));
let made = 0;

await judge(() => {
  const path = join(folder, `${++made}.db`);
  const clock = {
    time: 1_700_000_000_000,
    now: () => clock.time,
    setTimeout() {},
    clearTimeout() {},
  };
  const opened = [];
  const open = () => {
    const database = new Database(path);
    database.exec('pragma journal_mode = wal');
    database.exec('pragma synchronous = normal');
    opened.push(database);
    const storage = sqliteStorage(database, { clock });
    const close = async () => {
      await storage.close();
      for (const each of opened.splice(0)) each.close();
    };
    return { ...storage, close };
  };
  const advance = (ms) => {
    clock.time += ms;
  };
  const shift = (key, ms) => {
    const database = new Database(path);
    database
      .prepare(
        `update telefsm_conversation set lease_until = lease_until + ?, deadline_at = deadline_at + ?,
          wake_at = wake_at + ?, expires_at = expires_at + ? where key = ?`,
      )
      .run(ms, ms, ms, ms, key);
    database.close();
  };
  return { storage: open(), another: open, advance, shift };
});

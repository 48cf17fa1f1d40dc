/** The other process of the tests: it increments, or fires deadlines. */

import type { Awaitable } from '@telefsm/core';
import { createPool } from 'mysql2/promise';
import { acquire } from '../../../test/servers/lease.ts';
import { takeTurns } from '../../../test/servers/turns.ts';
import { type MysqlStorage, mysqlStorage } from '../src/index.ts';

/** The job of a process. */
export interface Job {
  readonly url: string;
  readonly table: string;
  readonly name: string;
  readonly work: 'increment' | 'fire';
  readonly count: number;
}

/** A message from a process: it is ready, and then how much it has done. */
export type Answer = { readonly ready: true } | { readonly done: number };

const job = JSON.parse(process.argv[2] as string) as Job;
const tell = (answer: Answer) => process.send?.(answer);

const pool = createPool({ uri: job.url, connectionLimit: 6 });
const storage = patient(mysqlStorage(pool, { table: job.table }));
await storage.peek('make the tables');
tell({ ready: true });
await new Promise((resolve) => process.once('message', resolve));
tell({ done: job.work === 'increment' ? await incremented() : await fired() });
await pool.end();
process.disconnect();

async function incremented(): Promise<number> {
  const turns = await takeTurns(storage, job.name);
  await Promise.all(Array.from({ length: job.count }, () => turns.run('counter', increment)));
  turns.close();
  return turns.counts().done;
}

/** As core fires them: claimed, looked at again under the lease, written, settled. */
async function fired(): Promise<number> {
  let [done, number] = [0, 0];
  for (;;) {
    const keys = await storage.due(100, 30_000);
    if (keys.length === 0) return done;
    await Promise.all(
      keys.map(async (key) => {
        const token = `${job.name}.${++number}`;
        const lease = await acquire(storage, key, { token, lease: 15_000, queue: false });
        if ('busy' in lease || lease.record?.deadlineIn === undefined) return;
        await lease.commit({ text: increment(lease.record.text), state: null });
        await storage.settled(key);
        done += 1;
      }),
    );
  }
}

function increment(text: string | undefined): string {
  return String(Number(text ?? 0) + 1);
}

/** Sends again what the server rolled back, such as the loser of a deadlock, as core does. */
function patient(storage: MysqlStorage): MysqlStorage {
  const again =
    <A extends readonly unknown[], R>(send: (...values: A) => Awaitable<R>) =>
    async (...values: A): Promise<R> => {
      for (;;) {
        try {
          return await send(...values);
        } catch (error) {
          if (storage.classify(error) !== 'retry') throw error;
        }
      }
    };
  return {
    ...storage,
    acquire: again(storage.acquire),
    commit: again(storage.commit),
    due: again(storage.due),
    settled: again(storage.settled),
  };
}

/** The other process of the tests: it increments, fires deadlines, creates tables or keeps a lease until it is killed. */

import pg from 'pg';
import { acquire } from '../../../test/servers/lease.ts';
import { takeTurns } from '../../../test/servers/turns.ts';
import { postgresStorage } from '../src/index.ts';

/** The job of a process. */
export interface Job {
  readonly url: string;
  readonly schema: string;
  readonly name: string;
  readonly work: 'increment' | 'claim' | 'create' | 'hold';
  readonly count: number;
}

/** A message from a process. */
export type Answer =
  | { readonly ready: true }
  | { readonly held: true }
  | { readonly done: number; readonly notified: number };

const job = JSON.parse(process.argv[2] as string) as Job;
const tell = (answer: Answer) => process.send?.(answer);
const told = () => new Promise((resolve) => process.once('message', resolve));

const pool = new pg.Pool({ connectionString: job.url, max: 6 });
const storage = postgresStorage(pool, { schema: job.schema });
// Where the tables are what is tested, the first statement is theirs; elsewhere it is out of the way.
if (job.work !== 'create') await storage.peek('warm');
else await pool.query('select 1');
tell({ ready: true });
await told();
let done = 0;
let notified = 0;
if (job.work === 'increment') {
  const turns = await takeTurns(storage, job.name);
  await Promise.all(Array.from({ length: job.count }, () => turns.run('counter', increment)));
  ({ done, notified } = turns.counts());
  turns.close();
} else if (job.work === 'claim') {
  // Fired as core does it: claimed, looked at again under the lease, written, settled.
  for (let number = 0; ; ) {
    const keys = await storage.due(100, 30_000);
    if (keys.length === 0) break;
    await Promise.all(
      keys.map(async (key) => {
        const lease = await acquire(storage, key, {
          token: `${job.name}.${++number}`,
          lease: 15_000,
          queue: false,
        });
        if ('busy' in lease || lease.record?.deadlineIn === undefined) return;
        await lease.commit({ text: increment(lease.record.text), state: null });
        await storage.settled(key);
        done += 1;
      }),
    );
  }
} else if (job.work === 'hold') {
  const lease = await acquire(storage, 'held', {
    token: `${job.name}.1`,
    lease: 700,
    queue: false,
  });
  if ('busy' in lease) throw new Error('busy');
  tell({ held: true });
  setInterval(() => {}, 1000);
  await new Promise(() => {});
} else {
  await storage.peek('any');
}
tell({ done, notified });
await storage.close();
await pool.end();
process.disconnect();

function increment(text: string | undefined): string {
  return String(Number(text ?? 0) + 1);
}

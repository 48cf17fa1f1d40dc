/** Several processes on one MariaDB: no increment lost, no deadline fired twice. */

import { createPool, type Pool } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundle, type Program } from '../../../test/servers/processes.ts';
import { type SharedServer, sharedMariadb } from '../../../test/servers/shared.ts';
import { sized } from '../../../test/setup/size.ts';
import { mysqlStorage } from '../src/index.ts';
import type { Answer, Job } from './worker.ts';

let server: SharedServer;
let pool: Pool;
let program: Program;

beforeAll(async () => {
  [server, program] = await Promise.all([
    sharedMariadb(),
    bundle(new URL('worker.ts', import.meta.url)),
  ]);
  pool = createPool(server.url);
});
afterAll(async () => {
  await pool?.end();
  await program?.remove();
});

/** Runs a job in several processes that begin together, and returns how much each has done. */
async function together(processes: number, job: Omit<Job, 'name' | 'url'>) {
  const workers = Array.from({ length: processes }, (_, at) =>
    program.start<Answer>({ ...job, url: server.url, name: `p${at}` }),
  );
  await Promise.all(workers.map((worker) => worker.next()));
  for (const worker of workers) worker.tell('go');
  const answers = await Promise.all(workers.map((worker) => worker.next()));
  await Promise.all(workers.map((worker) => worker.ended()));
  return answers.map((answer) => ('done' in answer ? answer.done : Number.NaN));
}

const increments = sized({ test: 200, quick: 1000, full: 10_000 });
const deadlines = sized({ test: 600, quick: 5000, full: 50_000 });

describe('several processes', () => {
  it.each([1, 2, 4])(
    `lose none of ${increments} increments of one conversation: %i`,
    async (processes) => {
      const table = `increments_${processes}`;
      const count = increments / processes;
      const done = await together(processes, { table, work: 'increment', count });
      expect(done).toEqual(Array.from({ length: processes }, () => count));
      expect((await mysqlStorage(pool, { table }).peek('counter'))?.text).toBe(`${increments}`);
    },
    600_000,
  );

  it(`fire ${deadlines} due deadlines once each, three of them`, async () => {
    const table = 'deadlines';
    const storage = mysqlStorage(pool, { table });
    await storage.peek('make the tables');
    const ago = 'floor(unix_timestamp(now(6)) * 1000000) - 1000000';
    await pool.query(
      `insert into ${table}_conversation (\`key\`, fence, lease_until, record, deadline_at, wake_at)
        select concat('c', seq), 0, 0, '0', ${ago}, ${ago} from seq_1_to_${deadlines}`,
    );
    const done = await together(3, { table, work: 'fire', count: 0 });
    expect(done.reduce((sum, each) => sum + each, 0)).toBe(deadlines);
    const [rows] = await pool.query(
      `select convert(record using utf8mb4) as text, count(*) as found from ${table}_conversation
        where record is not null group by record`,
    );
    expect(rows).toEqual([{ text: '1', found: deadlines }]);
    expect(await storage.due(1, 1000)).toEqual([]);
  }, 600_000);
});

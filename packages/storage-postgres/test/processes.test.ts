/** Several processes on one PostgreSQL: no increment lost, no deadline fired twice, no holder missed for long. */

import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { acquire } from '../../../test/servers/lease.ts';
import { type PgBouncer, startPgBouncer } from '../../../test/servers/pgbouncer.ts';
import { bundle, type Program } from '../../../test/servers/processes.ts';
import { type SharedServer, sharedPostgres } from '../../../test/servers/shared.ts';
import { takeTurns } from '../../../test/servers/turns.ts';
import { isStress, sized } from '../../../test/setup/size.ts';
import { postgresStorage } from '../src/index.ts';
import type { Answer, Job } from './worker.ts';

let server: SharedServer;
let bouncer: PgBouncer;
let pool: pg.Pool;
let program: Program;

beforeAll(async () => {
  [server, program] = await Promise.all([
    sharedPostgres(),
    bundle(new URL('worker.ts', import.meta.url)),
  ]);
  bouncer = await startPgBouncer(server);
  pool = new pg.Pool({ connectionString: server.url });
});
afterAll(async () => {
  await pool?.end();
  await bouncer?.close();
  await program?.remove();
});

const startWorker = (job: Job) => program.start<Answer>(job);

/** Runs a job in several processes that begin together, and gives back what they tell. */
async function together(processes: number, job: Omit<Job, 'name'>) {
  const workers = Array.from({ length: processes }, (_, i) =>
    startWorker({ ...job, name: `p${i}` }),
  );
  await Promise.all(workers.map((worker) => worker.next()));
  for (const worker of workers) worker.tell('go');
  const answers = await Promise.all(workers.map((worker) => worker.next()));
  await Promise.all(workers.map((worker) => worker.ended()));
  return answers.map((answer) => {
    if (!('done' in answer)) throw new Error('an answer out of place');
    return answer;
  });
}

const increments = sized({ test: 240, quick: 1200, full: 12_000 });
const deadlines = sized({ test: 1000, quick: 20_000, full: 100_000 });

describe('several processes', () => {
  // A mistake that this would catch: the record in one table and the lock in another, even in one statement. The statement that waits for the lock's
  // row then reads the record as it was before the wait, and about half of all increments are lost.
  it.each([
    [2, 'pg', () => server.url],
    [4, 'pg', () => server.url],
    [2, 'pgbouncer', () => bouncer.url],
  ])(
    `lose none of ${increments} increments of one conversation: %i processes over %s`,
    async (processes, way, url) => {
      const schema = `increments_${processes}_${way}`;
      const job = { url: url(), schema, work: 'increment', count: increments / processes } as const;
      const answers = await together(processes, job);
      expect(answers.map((answer) => answer.done)).toEqual(answers.map(() => job.count));
      expect((await postgresStorage(pool, { schema }).peek('counter'))?.text).toBe(`${increments}`);
      // Each process was told of its turns, unless messages cannot reach it.
      for (const { notified } of answers) expect(notified > 0).toBe(way === 'pg');
    },
  );

  it('create the tables at once, eight of them', async () => {
    for (const round of isStress ? [1, 2, 3] : [1]) {
      const answers = await together(8, {
        url: server.url,
        schema: `made_${round}`,
        work: 'create',
        count: 0,
      });
      expect(answers).toHaveLength(8);
    }
  });

  it('continue after the lease of a killed holder, from its last commit', async () => {
    const schema = 'killed';
    const storage = postgresStorage(pool, { schema });
    const turns = await takeTurns(storage, 'alive');
    await turns.run('held', () => '1');
    const worker = startWorker({ url: server.url, schema, name: 'dead', work: 'hold', count: 0 });
    await worker.next();
    worker.tell('go');
    expect(await worker.next()).toEqual({ held: true });
    await worker.kill();
    const busy = await acquire(storage, 'held', { token: 'other.1', lease: 1000, queue: false });
    expect(busy).toHaveProperty('busy');
    await turns.run('held', (text) => `${text},2`);
    expect((await storage.peek('held'))?.text).toBe('1,2');
    turns.close();
    await storage.close();
  });

  it(`fire ${deadlines} due deadlines once each, three of them`, async () => {
    const schema = 'deadlines';
    const count = deadlines;
    const storage = postgresStorage(pool, { schema });
    await storage.peek('make the tables');
    await pool.query(
      `insert into ${schema}.telefsm_conversation (key, record, deadline_at, wake_at)
        select 'c' || i, '0', now() - interval '1 s', now() - interval '1 s' from generate_series(1, $1::integer) i`,
      [count],
    );
    const answers = await together(3, { url: server.url, schema, work: 'claim', count: 0 });
    expect(answers.reduce((sum, answer) => sum + answer.done, 0)).toBe(count);
    const { rows } = await pool.query(
      `select record, count(*)::integer from ${schema}.telefsm_conversation where record is not null group by record`,
    );
    expect(rows).toEqual([{ record: '1', count }]);
    expect(await storage.due(1, 1000)).toEqual([]);
  }, 300_000);
});

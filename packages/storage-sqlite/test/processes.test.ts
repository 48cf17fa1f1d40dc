import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { acquire, type Lease } from '../../../test/servers/lease.ts';
import { bundle, type Program } from '../../../test/servers/processes.ts';
import { until } from '../../../test/servers/until.ts';
import { sized } from '../../../test/setup/size.ts';
import { sqliteStorage } from '../src/index.ts';
import { folder, ofPaths } from './opening.ts';
import type { Answer, Job } from './worker.ts';

const files = folder();
let made = 0;
const newFile = () => files.file(`${++made}.db`);
const script = new URL('worker.ts', import.meta.url);
let program: Program;
const startWorker = (job: Job) => program.start<Answer>(job);

beforeAll(async () => {
  program = await bundle(script);
});
afterAll(async () => {
  files.remove();
  await program.remove();
});

async function startAll(count: number, job: Omit<Job, 'name'>) {
  const workers = Array.from({ length: count }, (_, n) => startWorker({ ...job, name: `w${n}` }));
  for (const worker of workers) expect(await worker.next()).toEqual({ ready: true });
  for (const worker of workers) worker.tell('go');
  return Promise.all(workers.map((worker) => worker.next()));
}

const counted = sized({ test: 400, quick: 2000, full: 20_000 });

describe('several processes on one file', () => {
  it.each([2, 4])('lose no count: %i processes', async (processes) => {
    const path = newFile();
    const times = counted / processes;
    const answers = await startAll(processes, { path, work: 'count', times });
    for (const answer of answers) expect(answer).toMatchObject({ done: times });
    const storage = sqliteStorage(path);
    expect((await storage.peek('counter'))?.text).toBe(`${counted}`);
    await storage.close?.();
  });

  it('hand the conversation to each other', async () => {
    const path = newFile();
    const answers = await startAll(2, { path, work: 'count', times: 300 });
    // how often depends on how the processor is shared
    for (const answer of answers)
      expect('notified' in answer && answer.notified).toBeGreaterThan(0);
  });

  it('fire each deadline once', async () => {
    const path = newFile();
    const storage = sqliteStorage(path);
    for (let n = 0; n < 1000; n++) {
      const lease = (await acquire(storage, `k${n}`, {
        token: `t.${n}`,
        lease: 1000,
        queue: false,
      })) as Lease;
      await lease.commit({ text: 'fired', state: null, deadlineIn: 0 });
    }
    const answers = await startAll(3, { path, work: 'claim', times: 0 });
    const fired = answers.map((answer) => ('done' in answer ? answer.done : Number.NaN));
    expect(fired.reduce((sum, each) => sum + each)).toBe(1000);
    for (let n = 0; n < 1000; n++) expect((await storage.peek(`k${n}`))?.text).toBe('fired!');
    await storage.close?.();
  });

  it('may all make the tables at once', async () => {
    const answers = await startAll(8, { path: newFile(), work: 'open', times: 0 });
    for (const answer of answers) expect(answer).toEqual({ done: 0, notified: 0 });
  });

  it('continue after the lease of one that was killed, from what it had committed', async () => {
    const path = newFile();
    const worker = startWorker({ path, name: 'w', work: 'hold', times: 0 });
    expect(await worker.next()).toEqual({ ready: true });
    worker.tell('go');
    expect(await worker.next()).toEqual({ held: true });
    await worker.kill();

    const storage = sqliteStorage(path);
    const options = { token: 'next.1', lease: 1000, queue: false };
    let answer = await acquire(storage, 'held', options);
    await until(async () => {
      if ('busy' in answer) answer = await acquire(storage, 'held', options);
      return !('busy' in answer);
    });
    const lease = answer as Lease;
    expect(lease.record?.text).toBe('kept');
    expect(await lease.commit({ text: 'after', state: null })).toBe('done');
    await storage.close?.();
  });

  it('ask again while another writes', async () => {
    const path = newFile();
    const storage = sqliteStorage(path);
    const other = new ofPaths(path);
    other.exec('begin immediate');
    let failed: unknown;
    try {
      await acquire(storage, 'k', { token: 't.1', lease: 1000, queue: false });
    } catch (error) {
      failed = error;
    }
    expect(storage.classify?.(failed)).toBe('retry');
    other.exec('rollback');
    expect(await acquire(storage, 'k', { token: 't.1', lease: 1000, queue: false })).toHaveProperty(
      'commit',
    );
    other.close();
    await storage.close?.();
  });
});

describe('a runtime without a driver', () => {
  it('says which drivers would do', async () => {
    // Far from any node_modules.
    const elsewhere = await bundle(script, files.file('nowhere'));
    const [major = 0] = process.versions.node.split('.').map(Number);
    const withoutOwn = major >= 22 ? ['--no-experimental-sqlite'] : [];
    const job: Job = { path: newFile(), name: 'w', work: 'count', times: 0 };
    const answer = await elsewhere.start<Answer>(job, { execArgv: withoutOwn }).next();
    expect(answer).toHaveProperty('refused');
    const { refused } = answer as { readonly refused: string };
    for (const driver of ['node:sqlite', 'better-sqlite3', 'libsql'])
      expect(refused).toContain(driver);
    expect(refused).toContain('TELEFSM_INVALID_OPTION');
  });
});

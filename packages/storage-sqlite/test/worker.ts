/** The other process of the tests: it counts, fires deadlines, or keeps a lease until it is killed. */

import type { FsmStorage } from '@telefsm/core';
import { acquire, type Lease } from '../../../test/servers/lease.ts';
import { sqliteStorage } from '../src/index.ts';

/** The job of a process. */
export interface Job {
  readonly path: string;
  readonly name: string;
  readonly work: 'count' | 'claim' | 'hold' | 'open';
  readonly times: number;
}

/** A message from a process. */
export type Answer =
  | { readonly ready: true }
  | { readonly held: true }
  | { readonly refused: string }
  | { readonly done: number; readonly notified: number };

const job = JSON.parse(process.argv[2] as string) as Job;
const tell = (answer: Answer) => process.send?.(answer);
/** As core waits before it asks again. The other process sends no event that could replace this timer. */
const askLater = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

try {
  if (job.work === 'open') await told();
  const storage = sqliteStorage(job.path);
  if (job.work !== 'open') await told();
  tell(await work(storage));
  await storage.close?.();
} catch (error) {
  tell({ refused: String(error) });
}
process.disconnect();

async function told(): Promise<void> {
  tell({ ready: true });
  await new Promise((resolve) => process.once('message', resolve));
}

async function work(storage: FsmStorage): Promise<Answer> {
  let done = 0;
  let notified = 0;
  const granted = new Map<string, () => void>();
  await storage.granted?.((token) => {
    notified++;
    granted.get(token)?.();
  });
  const token = (n: number) => `${job.name}.${n}`;

  if (job.work === 'hold') {
    const options = { token: token(1), lease: 700, queue: false };
    const lease = (await acquire(storage, 'held', options)) as Lease;
    await lease.commit({ text: 'kept', state: null }, 15_000);
    tell({ held: true });
    setInterval(() => {}, 1000);
    await new Promise(() => {});
  }
  for (let n = 1; job.work === 'count' && n <= job.times; n++) {
    const lease = await take(storage, granted, 'counter', token(n));
    const next = Number(lease.record?.text ?? 0) + 1;
    // A turn takes at least one iteration of the event loop: another process gets a chance to interfere.
    await new Promise((resolve) => setImmediate(resolve));
    const answer = await again(storage, () => lease.commit({ text: `${next}`, state: null }));
    if (answer === 'done') done++;
  }
  for (let n = 1; job.work === 'claim'; n++) {
    const keys = await again(storage, () => storage.due?.(50, 30_000) ?? []);
    if (keys.length === 0) break;
    for (const [place, key] of keys.entries()) {
      const lease = await take(storage, granted, key, token(n * 1000 + place));
      if (lease.record?.deadlineIn === undefined) continue;
      const fired = { text: `${lease.record.text}!`, state: null };
      await again(storage, () => lease.commit(fired));
      await again(storage, () => storage.settled?.(key));
      done++;
    }
  }
  return { done, notified };
}

/** As core does it: asks, waits to be told or for the lease to end, asks again with the same token. */
async function take(
  storage: FsmStorage,
  granted: Map<string, () => void>,
  key: string,
  token: string,
): Promise<Lease> {
  for (;;) {
    const told = new Promise<void>((resolve) => granted.set(token, resolve));
    const ask = () => acquire(storage, key, { token, lease: 15_000, queue: true });
    const taken = await again(storage, ask);
    if (!('busy' in taken)) {
      granted.delete(token);
      return taken;
    }
    await Promise.race([told, askLater(Math.min(taken.busy, 2000))]);
  }
}

/** As core does it: what was certainly not executed is asked again, a little later. */
async function again<Result>(
  storage: FsmStorage,
  ask: () => Result | PromiseLike<Result>,
): Promise<Result> {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (storage.classify?.(error) !== 'retry') throw error;
      await askLater(5 + Math.random() * 20);
    }
  }
}

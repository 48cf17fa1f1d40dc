/** Bytes of heap for each open form, and what is left when all have ended. */

import { setTimeout as pause } from 'node:timers/promises';
import { firstUser } from '../workload/updates.mjs';
import { checkForm, fillIn } from './forms.mjs';

const concurrency = 512;

/** @param {import('../child.mjs').Bench} bench */
export async function measure(bench) {
  const { conversations } = bench.job;
  const running = await bench.start({ program: 'form' });
  await checkForm(bench, running);
  await fillIn(bench, running, [firstUser, firstUser + 2000], concurrency);
  const users = [firstUser + 10_000, firstUser + 10_000 + conversations];
  const before = await used();
  const since = async () => ((await used()) - before) / conversations;
  await fillIn(bench, running, users, concurrency, 0, 2);
  const named = await since();
  await fillIn(bench, running, users, concurrency, 2, 6);
  const parked = await since();
  await fillIn(bench, running, users, concurrency, 6, 7);
  const ended = await since();
  await running.close?.();
  return { conversations, named, parked, ended };
}

async function used() {
  for (let round = 0; round < 3; round++) {
    globalThis.gc();
    await pause(30);
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** One measurement, chunk by chunk: the process waits between two of them, while others are measured. */

import { on } from 'node:events';
import { opened } from './opened.mjs';

/**
 * For so many ms before each chunk nothing is measured. While the others are measured, the machine takes its memory and its caches away: on a
 * virtual machine, the first updates after two seconds were measured to cost five to fifteen times as much. A busy bot does not wait.
 */
const wakeMs = 150;

/** @param {import('../child.mjs').Bench} bench */
export async function measure(bench) {
  const running = await opened(bench);
  process.send('ready');
  for await (const [request] of on(process, 'message')) {
    if (request === 'end') break;
    await running.measure(wakeMs, request.concurrency);
    process.send(await running.measure(bench.job.chunkMs, request.concurrency));
  }
  await running.close();
}

/** One measurement, chunk by chunk: the process waits between two of them, while others are measured. */

import { on } from 'node:events';
import { opened } from './opened.mjs';

/** @param {import('../child.mjs').Bench} bench */
export async function measure(bench) {
  const running = await opened(bench);
  process.send('ready');
  for await (const [request] of on(process, 'message')) {
    if (request === 'end') break;
    process.send(await running.measure(bench.job.chunkMs, request.concurrency));
  }
  await running.close();
}

/** Updates a second, and CPU time of one, chunk by chunk: the process waits between two of them, while others are measured. */

import { on } from 'node:events';
import { openForms } from './throughput.mjs';

/** @param {import('../child.mjs').Bench} bench */
export async function measure(bench) {
  const forms = await openForms(bench);
  process.send('ready');
  for await (const [request] of on(process, 'message')) {
    if (request === 'end') break;
    process.send(await forms.measure(bench.job.chunkMs));
  }
  await forms.close();
}

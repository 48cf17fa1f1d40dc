/** One measurement, and whose code took its time. */

import { startProfile } from '../workload/profile.mjs';
import { opened } from './opened.mjs';

/** @param {import('../child.mjs').Bench} bench */
export async function measure(bench) {
  const running = await opened(bench);
  const stopProfile = await startProfile();
  const found = await running.measure(bench.job.forMs);
  const shares = await stopProfile();
  await running.close();
  return { ...found, shares };
}

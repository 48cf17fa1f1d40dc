/** Updates a second, and CPU time of one: open forms round-robin. */

import { formLength } from '../workload/programs.mjs';
import { firstUser } from '../workload/updates.mjs';
import { checkForm, fillIn } from './forms.mjs';

/**
 * Makes a system, checks it, and warms it up.
 *
 * @param {import('../child.mjs').Bench} bench
 */
export async function open(bench) {
  const { concurrency, warmMs, users: count = 256 } = bench.job;
  const running = await bench.start({ program: 'form' });
  await checkForm(bench, running);
  const users = [firstUser, firstUser + count];
  await repeat(warmMs, concurrency);
  return {
    /** Sends updates for so many ms, and until all forms are filled in. */
    async measure(forMs, atOnce = concurrency) {
      const said = bench.sent.count;
      const cpuBefore = process.cpuUsage();
      const { passes, ms } = await repeat(forMs, atOnce);
      const { user, system } = process.cpuUsage(cpuBefore);
      const updates = passes * count * formLength;
      if (bench.sent.count - said !== updates) {
        throw new Error(`${bench.sent.count - said} messages for ${updates} updates.`);
      }
      return { rate: updates / (ms / 1000), cpu: (user + system) / updates };
    },
    close: () => running.close?.(),
  };

  async function repeat(until, atOnce) {
    const began = performance.now();
    for (let passes = 1; ; passes++) {
      await fillIn(bench, running, users, atOnce);
      const ms = performance.now() - began;
      if (ms >= until) return { passes, ms };
    }
  }
}

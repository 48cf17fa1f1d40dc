/** Updates a second, and CPU time of one: open forms round-robin. Where wanted, also whose code took that time. */

import { startProfile } from '../workload/profile.mjs';
import { formLength } from '../workload/programs.mjs';
import { firstUser } from '../workload/updates.mjs';
import { checkForm, fillIn } from './forms.mjs';

/** @param {import('../child.mjs').Bench} bench */
export async function measure(bench) {
  const { forMs, isProfiled } = bench.job;
  const forms = await openForms(bench);
  const stopProfile = isProfiled ? await startProfile() : undefined;
  const found = await forms.measure(forMs);
  const shares = await stopProfile?.();
  await forms.close();
  return { ...found, shares };
}

/**
 * Makes a system, checks it, and warms it up.
 *
 * @param {import('../child.mjs').Bench} bench
 */
export async function openForms(bench) {
  const { concurrency, warmMs, users: count = 256 } = bench.job;
  const running = await bench.start({ program: 'form' });
  await checkForm(bench, running);
  const users = [firstUser, firstUser + count];
  await repeat(warmMs);
  return {
    /** Sends updates for so many ms, and until all forms are filled in. */
    async measure(forMs) {
      const said = bench.sent.count;
      const cpuBefore = process.cpuUsage();
      const { passes, ms } = await repeat(forMs);
      const { user, system } = process.cpuUsage(cpuBefore);
      const updates = passes * count * formLength;
      if (bench.sent.count - said !== updates) {
        throw new Error(`${bench.sent.count - said} messages for ${updates} updates.`);
      }
      return { rate: updates / (ms / 1000), cpu: (user + system) / updates };
    },
    close: () => running.close?.(),
  };

  async function repeat(until) {
    const began = performance.now();
    for (let passes = 1; ; passes++) {
      await fillIn(bench, running, users, concurrency);
      const ms = performance.now() - began;
      if (ms >= until) return { passes, ms };
    }
  }
}

/** The cost of an update in the last of `n` states. */

import { firstUser } from '../workload/updates.mjs';
import { each } from './forms.mjs';

const count = 64;

/** @param {import('../child.mjs').Bench} bench */
export async function measure(bench) {
  const { n, forMs } = bench.job;
  const running = await bench.start({ program: 'dispatch', n });
  const users = [firstUser, firstUser + count];
  const last = `s${n - 1}`;
  const begin = () => each(users, 1, (user) => bench.say(running, user, '/begin'));
  const hello = () =>
    each(users, 1, async (user) => {
      await bench.say(running, user, 'hello');
      if (bench.sent.last === last) return;
      throw new Error(`${bench.system.id}: '${bench.sent.last}' answered for '${last}'.`);
    });
  await begin();
  await repeat(forMs / 2);
  const cpuBefore = process.cpuUsage();
  const updates = await repeat(forMs);
  const { user, system } = process.cpuUsage(cpuBefore);
  await running.close?.();
  return { cpu: (user + system) / updates };

  async function repeat(ms) {
    const end = performance.now() + ms;
    let updates = 0;
    do {
      await hello();
      if (bench.system.reenters) await begin();
      updates += bench.system.reenters ? 2 * count : count;
    } while (performance.now() < end);
    return updates;
  }
}

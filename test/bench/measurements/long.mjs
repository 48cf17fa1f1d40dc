/** The cost of the last answers of a conversation of 200 against the first. */

import { longLength } from '../workload/programs.mjs';
import { firstUser } from '../workload/updates.mjs';
import { each } from './forms.mjs';

/** Answers that are averaged at each end. */
const atEachEnd = 10;

/** @param {import('../child.mjs').Bench} bench */
export async function measure(bench) {
  const { users: count } = bench.job;
  const running = await bench.start({ program: 'long' });
  await converse(firstUser);
  const costs = await converse(firstUser + count);
  await running.close?.();
  const mean = (some) => some.reduce((sum, cost) => sum + cost, 0) / some.length;
  return { first: mean(costs.slice(0, atEachEnd)), last: mean(costs.slice(-atEachEnd)) };

  /** @returns microseconds of CPU time for each answer */
  async function converse(first) {
    const users = [first, first + count];
    await each(users, 1, (user) => bench.say(running, user, '/begin'));
    const costs = [];
    for (let at = 0; at < longLength; at++) {
      const before = process.cpuUsage();
      await each(users, 1, (user) => bench.say(running, user, `answer ${at}`));
      const { user, system } = process.cpuUsage(before);
      costs.push((user + system) / count);
      const expected = `q${at + 1}`;
      if (bench.sent.last !== expected) {
        throw new Error(`${bench.system.id}: '${bench.sent.last}' where '${expected}' was due.`);
      }
    }
    return costs;
  }
}

/** The cost of the last answers of a conversation of 200 against the first. */

import { longLength } from '../workload/programs.mjs';
import { firstUser } from '../workload/updates.mjs';
import { each } from './forms.mjs';

/** Answers that are averaged at each end. */
const atEachEnd = 10;

/**
 * Makes a system, and warms it up.
 *
 * @param {import('../child.mjs').Bench} bench
 */
export async function open(bench) {
  const { concurrency, warmMs, users: count } = bench.job;
  const running = await bench.start({ program: 'long' });
  const half = (first) => ({ users: [first, first + count], answered: longLength });
  let [early, late] = [half(firstUser), half(firstUser + count)];
  await begin(late);
  const end = performance.now() + warmMs;
  do await measure();
  while (performance.now() < end);
  return { measure, close: () => running.close?.() };

  /** First answers of one half of the users in turn with last answers of the other: what disturbs the machine disturbs both. */
  async function measure() {
    while (late.answered < longLength - atEachEnd) await answer(late, concurrency);
    await begin(early);
    let [first, last] = [0, 0];
    for (let at = 0; at < atEachEnd; at++) {
      first += await answer(early, 1);
      last += await answer(late, 1);
    }
    // so that every conversation is led to its end
    [early, late] = [late, early];
    return { first: first / atEachEnd, last: last / atEachEnd };
  }

  async function begin(half) {
    half.answered = 0;
    await each(half.users, 1, (user) => bench.say(running, user, '/begin'));
  }

  /** @returns µs of CPU time for each answer */
  async function answer(half, atOnce) {
    const text = `answer ${half.answered++}`;
    const before = process.cpuUsage();
    await each(half.users, atOnce, (user) => bench.say(running, user, text));
    const { user, system } = process.cpuUsage(before);
    const expected = `q${half.answered}`;
    if (bench.sent.last === expected) return (user + system) / count;
    throw new Error(`${bench.system.id}: '${bench.sent.last}' where '${expected}' was due.`);
  }
}

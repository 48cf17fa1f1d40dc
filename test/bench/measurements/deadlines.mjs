/** The cost of a tick of the sweeper while very many conversations have a deadline that has not come. */

import { memoryStorage } from '@telefsm/core';

/** Ticks that are averaged. */
const ticks = 200;
/** Ms that a claim lasts: longer than all ticks together. */
const claim = 600_000;

/** @param {{ job: { parked: number } }} bench */
export async function measure({ job: { parked } }) {
  let now = 1_000_000;
  const clock = { now: () => now, monotonic: () => now, setTimeout: () => 0, clearTimeout() {} };
  const storage = memoryStorage({ clock });
  const write = (deadlineIn) => ({
    text: '{"v":1,"s":"Form:name"}',
    state: 'Form:name',
    deadlineIn,
  });
  const park = (key, deadlineIn) => {
    const { fence } = storage.acquire(key, { token: key, lease: 15_000, queue: false });
    storage.commit(key, { token: key, fence }, write(deadlineIn));
  };
  const began = process.cpuUsage();
  for (let at = 0; at < parked; at++) park(`telefsm:b1:c${at}:u${at}`, 3_600_000 + at);
  const parking = cpuSince(began) / parked;
  // the first look makes the index
  await storage.due(100, claim);
  const idle = await timed(() => storage.due(100, claim));
  // one becomes due in each tick
  for (let at = 0; at < ticks; at++) park(`due${at}`, 1000 * (at + 1));
  let found = 0;
  const busy = await timed(async () => {
    now += 1000;
    found += (await storage.due(100, claim)).length;
  });
  if (found !== ticks) throw new Error(`${found} of ${ticks} deadlines were found.`);
  return { parked, parking, idle, busy };
}

async function timed(tick) {
  const began = process.cpuUsage();
  for (let at = 0; at < ticks; at++) await tick();
  return cpuSince(began) / ticks;
}

function cpuSince(began) {
  const { user, system } = process.cpuUsage(began);
  return user + system;
}

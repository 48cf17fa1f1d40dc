/** Lost increments: two updates of one conversation at the same time, in one process or in two. */

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { countUpdatesFrom, firstUser } from '../workload/updates.mjs';

/** Pairs at once. */
const batch = 50;
/** An update that takes longer, in ms, counts as hung; its handler needs 20. */
const patience = 3000;

/** @param {import('../child.mjs').Bench} bench */
export async function measure(bench) {
  const { job, sent, say } = bench;
  const prefix = job.prefix ?? `r${process.pid}.`;
  const running = await bench.start({ program: 'race', mode: job.mode, prefix });
  if (job.isSecond) countUpdatesFrom(1_000_000);
  if (job.isSecond) return await obey(bench, running);
  const second = job.processes === 2 ? await startSecond({ ...job, prefix }) : undefined;
  const found = { lost: 0, failed: 0, hung: 0, unreadable: 0 };
  sent.byChat = new Map();
  for (let from = 0; from < job.pairs; from += batch) {
    const users = Array.from({ length: batch }, (_, at) => firstUser + from + at);
    await Promise.all(users.map((user) => say(running, user, '/begin')));
    const halves = [
      incrementAll(bench, running, users),
      second ? second.increment(users) : incrementAll(bench, running, users),
    ];
    for (const { failed, hung } of await Promise.all(halves)) {
      found.failed += failed;
      found.hung += hung;
    }
    sent.byChat.clear();
    await Promise.all(users.map((user) => within(say(running, user, 'read')).catch(() => {})));
    for (const user of users) {
      const n = /^n=(\d+)$/.exec(sent.byChat.get(user) ?? '')?.[1];
      if (n === undefined) found.unreadable++;
      else found.lost += 2 - Number(n);
    }
  }
  second?.stop();
  await running.close?.();
  return { pairs: job.pairs, ...found };
}

async function incrementAll({ say }, running, users) {
  const counts = { failed: 0, hung: 0 };
  const one = async (user) => {
    try {
      if ((await within(say(running, user, 'inc'))) === late) counts.hung++;
    } catch {
      counts.failed++;
    }
  };
  await Promise.all(users.map(one));
  return counts;
}

const late = Symbol('late');

function within(work) {
  let timer;
  const bound = new Promise((resolve) => {
    timer = setTimeout(resolve, patience, late);
  });
  return Promise.race([work, bound]).finally(() => clearTimeout(timer));
}

async function startSecond(job) {
  const child = fork(process.argv[1], [JSON.stringify({ ...job, isSecond: true })], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  await once(child, 'message');
  return {
    async increment(users) {
      const answer = once(child, 'message');
      child.send(users);
      return (await answer)[0];
    },
    stop: () => child.kill(),
  };
}

async function obey(bench, running) {
  process.on('message', async (users) => process.send(await incrementAll(bench, running, users)));
  process.send('ready');
  await once(process, 'disconnect');
}

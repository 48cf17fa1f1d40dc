/** Filling in forms, for one user or many, one after the other or several at once. */

import { isBare } from '../registry.mjs';
import { formAnswer, formInput, formLength } from '../workload/programs.mjs';

/** Sends a form and compares every answer, twice: a system that does other work than the rest is not measured. */
export async function checkForm({ system, sent, say }, running) {
  const user = 7_000_001;
  for (let step = 0; step < 2 * formLength; step++) {
    const at = step % formLength;
    const before = sent.count;
    await say(running, user, formInput(user, at));
    const expected = formAnswer(user, at);
    const isRight = isBare(system) || sent.last === expected;
    if (sent.count === before + 1 && isRight) continue;
    const said = `${sent.count - before} messages, the last '${sent.last}'`;
    throw new Error(`${system.id} at step ${at}: ${said}; expected '${expected}'.`);
  }
}

/**
 * Does the steps of the form from `from` up to `to`, each for every user before the next: conversations are open side by side.
 *
 * @param users - the first one, and the one behind the last
 */
export async function fillIn(bench, running, users, concurrency, from = 0, to = formLength) {
  for (let step = from; step < to; step++) {
    await each(users, concurrency, (user) => bench.say(running, user, formInput(user, step)));
  }
}

/** As many updates as long polling brings at once; between two batches the event loop goes round, as it does in a bot. */
const batch = 100;

/** Does something for every user, `concurrency` at once. */
export async function each([first, end], concurrency, work) {
  let user = first;
  const worker = async () => {
    while (user < end) {
      await work(user++);
      if ((user - first) % batch === 0) await new Promise(setImmediate);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
}

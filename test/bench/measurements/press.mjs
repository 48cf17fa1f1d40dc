/** The cost of a press of a button that changes a count and edits its message; of a system without buttons, a text that does the same. */

import { countText } from '../workload/programs.mjs';
import { firstUser, lastMessageId, pressOf } from '../workload/updates.mjs';
import { each } from './forms.mjs';

/**
 * Makes a system with a menu for every user, and warms it up.
 *
 * @param {import('../child.mjs').Bench} bench
 */
export async function open(bench) {
  const { warmMs, users: count = 128 } = bench.job;
  const { sent } = bench;
  const running = await bench.start({ program: 'press' });
  const users = [firstUser, firstUser + count];
  const menus = new Map();
  await each(users, 1, async (user) => {
    sent.keyboard = undefined;
    await bench.say(running, user, '/menu');
    expect(0);
    // as Telegram sends it with each press: read from JSON
    const keyboard = sent.keyboard && JSON.parse(JSON.stringify(sent.keyboard));
    const plus = keyboard?.inline_keyboard[0].find(({ text }) => text === '+');
    menus.set(user, plus && { keyboard, data: plus.callback_data, message: lastMessageId() });
  });
  let presses = 0;
  await repeat(warmMs);
  return {
    async measure(forMs) {
      const before = presses;
      const cpuBefore = process.cpuUsage();
      await repeat(forMs);
      const { user, system } = process.cpuUsage(cpuBefore);
      return { cpu: (user + system) / ((presses - before) * count) };
    },
    close: () => running.close?.(),
  };

  async function repeat(ms) {
    const end = performance.now() + ms;
    do {
      await each(users, 1, (user) => {
        const menu = menus.get(user);
        if (menu === undefined) return bench.say(running, user, '+');
        return running.handle(pressOf(user, menu.data, menu.keyboard, menu.message));
      });
      presses++;
      expect(presses);
    } while (performance.now() < end);
  }

  function expect(n) {
    if (sent.last === countText(n)) return;
    throw new Error(`${bench.system.id}: '${sent.last}' where '${countText(n)}' was due.`);
  }
}

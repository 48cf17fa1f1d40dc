/** Ten updates of one conversation over two processes: in order within a process, processes in turn. */

import { afterAll, describe, expect, it } from 'vitest';
import { engineOf, engines } from './servers.ts';
import { expectInOrder, expectOneAtATime, removeBots, stage } from './stage.ts';

const rounds = 3;
const each = 5;

afterAll(removeBots);

// MariaDB sends no messages: who waits there asks again, in no order
const inTurn = engines.filter(({ name }) => name !== 'mariadb');

describe.each(inTurn)('on $name', ({ start }) => {
  const on = engineOf(start);

  it('two processes take turns on a conversation that both wait for', async () => {
    const { start, here, entries, close } = await stage();
    const address = on.engine.newAddress();
    const bots = await Promise.all([0, 1].map((n) => start({ name: `p${n}`, address })));
    const witness = here(address);
    let switches = 0;
    for (let round = 1; round <= rounds; round++) {
      const chat = round;
      let letGo = () => {};
      const gone = new Promise<void>((resolve) => {
        letGo = resolve;
      });
      let begun = () => {};
      const isHeld = new Promise<void>((resolve) => {
        begun = resolve;
      });
      const held = witness.machine.at({ bot: 1, user: chat, chat }).run(() => {
        begun();
        return gone;
      });
      await isHeld;
      for (const [n, bot] of bots.entries()) {
        const orders = Array.from({ length: each }, (_, at) => ({
          id: (at + 1) * 10 + n,
          chat,
          text: 'slow' as const,
        }));
        bot.tell({ stopAt: 'queued' });
        bot.tell({ handle: orders });
        expect(await bot.next()).toEqual({ at: 'queued' });
        bot.tell({ goOn: true });
      }
      letGo();
      await held;
      for (const bot of bots) while (!('all' in (await bot.next())));
      const log = entries().filter((entry) => entry.chat === chat);
      expectOneAtATime(log);
      const turns = log.filter(({ what }) => what === 'began');
      expect(turns).toHaveLength(2 * each);
      expectInOrder(
        turns.map(({ id }) => id),
        (id) => id % 10,
      );
      switches += turns.filter(({ by }, at) => at > 0 && by !== turns[at - 1]?.by).length;
    }
    // one process after the other would be one switch a round
    expect(switches).toBeGreaterThan(rounds * 2);
    await Promise.all(bots.map((bot) => bot.leave()));
    await witness.close();
    await close();
  });
});

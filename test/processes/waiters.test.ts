/** Ten updates of one conversation over two processes: in order within a process, processes in turn. How long that takes is printed. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { engines, type RunningEngine } from './servers.ts';
import { expectInOrder, expectOneAtATime, removeBots, stage } from './stage.ts';

const rounds = 7;
const each = 5;

afterAll(removeBots);

describe.each(engines)('on $name', ({ name, start: startEngine }) => {
  let engine: RunningEngine;
  beforeAll(async () => {
    engine = await startEngine();
  });
  afterAll(() => engine?.close());

  it('two processes take turns on a conversation that both wait for', async () => {
    const { start, here, entries, close } = await stage();
    const address = engine.newAddress();
    const bots = await Promise.all([0, 1].map((n) => start({ name: `p${n}`, address })));
    const witness = here(address);
    const ratios: number[] = [];
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
      const ended = log.filter(({ what }) => what === 'ended');
      const work = turns.reduce((sum, { at = 0, by, id }) => {
        const end = ended.find((one) => one.by === by && one.id === id);
        return sum + (end?.at ?? 0) - at;
      }, 0);
      ratios.push(((ended.at(-1)?.at ?? 0) - (turns[0]?.at ?? 0)) / work);
    }
    ratios.sort((a, b) => a - b);
    const median = ratios[Math.floor(rounds / 2)] ?? Number.NaN;
    const shown = ratios.map((ratio) => ratio.toFixed(2)).join(' ');
    console.log(`ten waiters of 5 ms on ${name}: ${median.toFixed(2)} times the work (${shown})`);
    expect(median).toBeLessThan(20);
    // one process after the other would be one switch a round
    expect(switches).toBeGreaterThan(rounds * 4);
    await Promise.all(bots.map((bot) => bot.leave()));
    await witness.close();
    await close();
  });
});

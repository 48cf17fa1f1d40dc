/** Many updates at once on one storage: none lost, none twice, each process's in its order. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Order } from './counting-bot.ts';
import { engines, type RunningEngine } from './servers.ts';
import { expectInOrder, expectOneAtATime, handleAll, removeBots, stage } from './stage.ts';

/** `TELEFSM_FULL=1`: 50,000 updates over 500 conversations. */
const full = process.env['TELEFSM_FULL'] === '1';
const spread = full ? { updates: 50_000, chats: 500 } : { updates: 5000, chats: 100 };
const minutes = 60_000;

afterAll(removeBots);

describe.each(engines)('on $name', ({ start }) => {
  let engine: RunningEngine;
  beforeAll(async () => {
    engine = await start();
  });
  afterAll(() => engine?.close());

  /** Handles so many updates in so many processes, and looks what has become of them; an id names its process by its last digit. */
  async function run(processes: number, updates: number, chats: number): Promise<void> {
    const { start, here, entries, close } = await stage();
    const address = engine.newAddress();
    const bots = await Promise.all(
      Array.from({ length: processes }, (_, n) => start({ name: `p${n}`, address })),
    );
    const ordersOf = (process: number) =>
      Array.from({ length: updates / processes }, (_, n): Order => {
        return { id: (n + 1) * 10 + process, chat: (n % chats) + 1, text: 'add' };
      });
    await handleAll(bots, ordersOf);
    await Promise.all(bots.map((bot) => bot.leave()));
    const looking = here(address);
    const tallies = await Promise.all(
      Array.from({ length: chats }, (_, n) => looking.tally(n + 1)),
    );
    const all = bots.flatMap((_, process) => ordersOf(process));
    await looking.close();
    const log = entries();
    await close();
    for (const [at, tally] of tallies.entries()) {
      const ids = all.filter(({ chat }) => chat === at + 1).map(({ id }) => id);
      expect([...(tally?.ids ?? [])].sort((a, b) => a - b)).toEqual(ids.sort((a, b) => a - b));
      expect(tally?.count).toBe(ids.length);
      expectInOrder(tally?.ids ?? [], (id) => id % 10);
    }
    expectOneAtATime(log);
    expect(log.filter(({ what }) => what === 'failed')).toEqual([]);
    expect(log.filter(({ what }) => what === 'kept')).toHaveLength(updates);
  }

  it.each([2, 4])(
    'two thousand updates of one conversation count two thousand: %i processes',
    { timeout: 10 * minutes },
    async (processes) => {
      await run(processes, 2000, 1);
    },
  );

  it.each([2, 4])(
    `${spread.updates} updates of ${spread.chats} conversations are each counted once: %i processes`,
    { timeout: (full ? 60 : 10) * minutes },
    async (processes) => {
      await run(processes, spread.updates, spread.chats);
    },
  );
});

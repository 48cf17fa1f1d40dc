/** Many updates at once over several processes: none lost, none twice, each process's in its order. */

import { expect } from 'vitest';
import type { Order } from './counting-bot.ts';
import type { RunningEngine } from './servers.ts';
import { expectInOrder, expectOneAtATime, handleAll, stage } from './stage.ts';

/** How much is counted, and by how many. */
export interface Load {
  readonly processes: number;
  readonly updates: number;
  readonly chats: number;
}

/**
 * Handles updates in several processes at the same time, and checks what has become of each.
 *
 * @param engine - where all processes keep their conversations
 */
export async function countUpdates(engine: RunningEngine, load: Load): Promise<void> {
  const { processes, updates, chats } = load;
  const { start, here, entries, close } = await stage();
  const address = engine.newAddress();
  const bots = await Promise.all(
    Array.from({ length: processes }, (_, n) => start({ name: `p${n}`, address })),
  );
  // an id names its process by its last digit
  const ordersOf = (process: number) =>
    Array.from({ length: updates / processes }, (_, n): Order => {
      return { id: (n + 1) * 10 + process, chat: (n % chats) + 1, text: 'add' };
    });
  await handleAll(bots, ordersOf);
  await Promise.all(bots.map((bot) => bot.leave()));
  const looking = here(address);
  const tallies = await Promise.all(Array.from({ length: chats }, (_, n) => looking.tally(n + 1)));
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

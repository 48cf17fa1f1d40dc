/** Processes that are killed at random under load: each update is counted once, whoever died on it. */

import { afterAll, describe, expect, it } from 'vitest';
import { sized } from '../setup/size.ts';
import type { Said } from './bot.ts';
import type { Entry, Order } from './counting-bot.ts';
import { engineOf, engines } from './servers.ts';
import { type BotProcess, removeBots, stage } from './stage.ts';

const kills = sized({ quick: 20, full: 200 });
/** Chooses who is killed, and when. */
const seed = 20_261_128;
const chats = 20;
const updatesForEachKill = 30;

afterAll(removeBots);

/** A generator that repeats itself from the same seed (mulberry32). */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

interface Running {
  readonly process: BotProcess;
  readonly working: Map<number, Order>;
}

describe.each(engines)('on $name', ({ start }) => {
  const on = engineOf(start);

  it(`${kills} kills lose no update and double none`, { timeout: kills * 20_000 }, async () => {
    const below = random(seed);
    const { start, here, entries, close } = await stage();
    const address = on.engine.newAddress();
    const orders: Order[] = [];
    /** Delivered before, and not acknowledged. */
    const pending: Order[] = [];
    const running = new Set<Running>();
    const codes = new Set<string | undefined>();
    let kept = 0;
    let killed = 0;
    let untilKill = 1 + below(2 * updatesForEachKill);
    let finish = (_?: unknown) => {};
    const finished = new Promise((resolve, reject) => {
      finish = (error) => (error === undefined ? resolve(undefined) : reject(error));
    });

    const isOver = () => killed === kills && untilKill <= 0;
    const newOrder = (): Order => {
      const text = below(2) === 0 ? 'add' : 'slow';
      const order: Order = { id: orders.length + 1, chat: below(chats) + 1, text };
      orders.push(order);
      return order;
    };
    const feed = ({ process, working }: Running) => {
      // while the next process starts there is little to do, so that the kills set the length of the test
      while (working.size < (running.size === 3 ? 8 : 1)) {
        const next = pending.shift() ?? (isOver() ? undefined : newOrder());
        if (next === undefined) return;
        working.set(next.id, next);
        process.tell({ handle: [next] });
      }
    };
    const add = async (): Promise<void> => {
      const working = new Map<number, Order>();
      const hear = (said: Said) => 'outcome' in said && onEntry(bot, said.outcome);
      const name = `p${killed}-${running.size}`;
      const process = await start({ name, address, lease: 1000 }, hear);
      const bot: Running = { process, working };
      running.add(bot);
      feed(bot);
    };
    const onEntry = (bot: Running, { what, id, code }: Entry) => {
      const order = bot.working.get(id);
      if (order === undefined || !running.has(bot)) return;
      bot.working.delete(id);
      if (what === 'kept') kept++;
      else {
        codes.add(code);
        pending.push(order);
      }
      untilKill--;
      goOn();
    };
    const goOn = () => {
      if (running.size === 3) {
        if (isOver() && kept === orders.length) return finish();
        if (untilKill <= 0 && killed < kills) kill();
      }
      for (const each of running) feed(each);
    };
    const kill = () => {
      const bot = [...running][below(running.size)] as Running;
      killed++;
      untilKill = 1 + below(2 * updatesForEachKill);
      running.delete(bot);
      // unacknowledged updates are redelivered, to any process that runs
      const orphans = [...bot.working.values()];
      bot.process
        .kill()
        .then(() => {
          pending.unshift(...orphans);
          return add();
        })
        .then(goOn)
        .catch(finish);
    };

    await Promise.all([add(), add(), add()]);
    await finished;
    for (const { process } of running) await process.kill();

    const looking = here(address);
    for (let chat = 1; chat <= chats; chat++) {
      const ids = orders.filter((order) => order.chat === chat).map(({ id }) => id);
      const tally = await looking.tally(chat);
      const found = [...(tally?.ids ?? [])].sort((a, b) => a - b);
      expect(found, `seed ${seed}`).toEqual(ids);
      expect(tally?.count).toBe(ids.length);
      // a conversation whose holder was killed is free within its lease
      expect(await looking.handle({ id: orders.length + chat, chat, text: 'add' })).toMatchObject({
        what: 'kept',
      });
    }
    await looking.close();
    // a process that was starved for longer than its lease may be told so; nothing else
    expect([...codes].filter((code) => code !== 'LEASE_LOST')).toEqual([]);
    expect(killed).toBe(kills);
    expect(entries().filter(({ what }) => what === 'kept').length).toBeGreaterThanOrEqual(
      orders.length,
    );
    await close();
  });
});

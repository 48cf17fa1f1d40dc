/** Thousands of due deadlines over three processes: each fires once, few at a time, and fresh updates do not wait for them. */

import { afterAll, describe, expect, it } from 'vitest';
import { until } from '../servers/until.ts';
import { sized } from '../setup/size.ts';
import { engineOf, engines } from './servers.ts';
import { removeBots, stage } from './stage.ts';

const count = sized({ quick: 6000, full: 100_000 });
const parallel = 8;
const minutes = 60_000;

afterAll(removeBots);

describe.each(engines)('on $name', ({ start }) => {
  const on = engineOf(start);

  it(`${count} due deadlines fire once each`, { timeout: (count / 1000) * minutes }, async () => {
    const { start, here, entries, close } = await stage();
    const address = on.engine.newAddress();
    const seeding = here(address);
    let next = 0;
    const lane = async () => {
      while (next < count) await seeding.handle({ id: 1, chat: ++next, text: 'arm' });
    };
    await Promise.all(Array.from({ length: 100 }, lane));

    const bots = await Promise.all(
      [0, 1, 2].map((n) => start({ name: `p${n}`, address, parallel })),
    );
    const fired = () => entries().filter(({ what }) => what === 'fired');
    for (const bot of bots) bot.tell({ sweep: true });
    await until(() => fired().length > 0);
    const freshChat = 500_000_000;
    for (const [n, bot] of bots.entries())
      bot.tell({ handle: [{ id: 2, chat: freshChat + n, text: 'add' }] });
    await until(() => fired().length >= count);
    await Promise.all(bots.map((bot) => bot.leave()));

    const log = entries();
    // a look or a claim that found the file busy is no loss: both are repeated
    const passing = /^(due|settled): .*(database is locked|Deadlock found)/;
    const trouble = log.filter(({ what, code = '' }) => what === 'trouble' && !passing.test(code));
    expect(trouble).toEqual([]);
    expect(log.filter(({ what }) => what === 'failed')).toEqual([]);
    const chatsFired = fired().map(({ chat }) => chat);
    expect(chatsFired).toHaveLength(count);
    expect(new Set(chatsFired).size).toBe(count);
    const mostAtOnce = Math.max(...fired().map(({ running = 0 }) => running));
    expect(mostAtOnce).toBeGreaterThan(1);
    expect(mostAtOnce).toBeLessThanOrEqual(parallel);
    expect(new Set(fired().map(({ by }) => by)).size).toBe(3);
    const lastFired = log.findLastIndex(({ what }) => what === 'fired');
    const fresh = log.flatMap(({ what, chat }, at) =>
      what === 'kept' && chat >= freshChat ? [at] : [],
    );
    expect(fresh).toHaveLength(3);
    for (const at of fresh) expect(at).toBeLessThan(lastFired);

    next = 0;
    const look = async () => {
      while (next < count) {
        const chat = ++next;
        expect([chat, (await seeding.tally(chat))?.fired]).toEqual([chat, 1]);
      }
    };
    await Promise.all(Array.from({ length: 100 }, look));
    expect(await seeding.machine.sweep()).toBe(0);
    await seeding.close();
    await close();
  });
});

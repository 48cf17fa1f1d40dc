/** A wall clock that is set by an hour, either way: no update fails, nothing is lost, and no conversation stays locked. */

import { afterAll, describe, expect, it } from 'vitest';
import { engineOf, engines } from '../processes/servers.ts';
import { type BotProcess, outcomeOf, removeBots, stageOfEach } from '../processes/stage.ts';

const hour = 3_600_000;
const lease = 1500;

afterAll(removeBots);

const cases = engines.flatMap((engine) =>
  [hour, -hour].map((ms) => ({ ...engine, ms, way: ms > 0 ? 'forward' : 'back' })),
);

describe.each(cases)('on $name, an hour $way', ({ start, ms }) => {
  const on = engineOf(start);
  const log = stageOfEach();

  it('in a handler: the update is kept', async () => {
    const address = on.engine.newAddress();
    const bot = await log.stage.start({ name: 'jumping', address, lease });
    bot.tell({ stopAt: 'held' });
    bot.tell({ handle: [{ id: 1, chat: 1, text: 'wait' }] });
    expect(await bot.next()).toEqual({ at: 'held' });
    bot.tell({ jump: ms });
    bot.tell({ goOn: true });
    expect(await outcomeOf(bot)).toMatchObject({ what: 'kept', id: 1 });
    bot.tell({ handle: [{ id: 2, chat: 1, text: 'add' }] });
    expect(await outcomeOf(bot)).toMatchObject({ what: 'kept', id: 2 });
    await bot.leave();
    const witness = log.stage.here(address);
    expect(await witness.tally(1)).toMatchObject({ count: 2, ids: [1, 2] });
    await witness.close();
  });

  it('while an update waits for another process: it is handled afterwards', async () => {
    const address = on.engine.newAddress();
    const [holder, waiter] = (await Promise.all(
      ['holder', 'waiter'].map((name) => log.stage.start({ name, address, lease })),
    )) as [BotProcess, BotProcess];
    holder.tell({ stopAt: 'held' });
    holder.tell({ handle: [{ id: 1, chat: 1, text: 'wait' }] });
    expect(await holder.next()).toEqual({ at: 'held' });
    waiter.tell({ stopAt: 'queued' });
    waiter.tell({ handle: [{ id: 2, chat: 1, text: 'add' }] });
    expect(await waiter.next()).toEqual({ at: 'queued' });
    // both are on one host
    for (const bot of [holder, waiter]) bot.tell({ jump: ms });
    waiter.tell({ goOn: true });
    holder.tell({ goOn: true });
    expect(await outcomeOf(holder)).toMatchObject({ what: 'kept', id: 1 });
    expect(await outcomeOf(waiter)).toMatchObject({ what: 'kept', id: 2 });
    const witness = log.stage.here(address);
    expect(await witness.tally(1)).toMatchObject({ count: 2, ids: [1, 2] });
    await witness.close();
    await Promise.all([holder.leave(), waiter.leave()]);
  });

  it('and its holder was killed: the conversation is free after a lease', async () => {
    const address = on.engine.newAddress();
    const holder = await log.stage.start({ name: 'holder', address, lease });
    const next = await log.stage.start({ name: 'next', address, lease });
    holder.tell({ stopAt: 'held' });
    holder.tell({ handle: [{ id: 1, chat: 1, text: 'wait' }] });
    expect(await holder.next()).toEqual({ at: 'held' });
    await holder.kill();
    next.tell({ jump: ms });
    next.tell({ handle: [{ id: 2, chat: 1, text: 'add' }] });
    // an update waits for ten seconds and no longer, so a conversation that stays locked fails it
    expect(await outcomeOf(next)).toMatchObject({ what: 'kept', id: 2 });
    next.tell({ handle: [{ id: 1, chat: 1, text: 'add' }] });
    expect(await outcomeOf(next)).toMatchObject({ what: 'kept', id: 1 });
    await next.leave();
    const witness = log.stage.here(address);
    expect(await witness.tally(1)).toMatchObject({ count: 2, ids: [2, 1] });
    await witness.close();
    expect(log.stage.entries().filter(({ what }) => what === 'trouble')).toEqual([]);
  });
});

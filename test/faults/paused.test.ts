/** A process that sleeps in a handler for longer than its lease: whoever came after it is not undone, and it is told. */

import { afterAll, describe, expect, it } from 'vitest';
import type { Order } from '../processes/counting-bot.ts';
import { engineOf, engines } from '../processes/servers.ts';
import { outcomeOf, removeBots, stageOfEach } from '../processes/stage.ts';

afterAll(removeBots);

describe.each(engines)('on $name', ({ start }) => {
  const on = engineOf(start);
  const log = stageOfEach();

  /** Lets a process sleep in its handler, while another handles the next two updates. */
  async function overslept(text: Order['text']) {
    const address = on.engine.newAddress();
    const witness = log.stage.here(address);
    await witness.handle({ id: 1, chat: 1, text: 'add' });
    const sleeper = await log.stage.start({ name: 'sleeper', address, lease: 500 });
    sleeper.tell({ stopAt: 'held' });
    sleeper.tell({ handle: [{ id: 2, chat: 1, text }] });
    expect(await sleeper.next()).toEqual({ at: 'held' });
    sleeper.pause(true);
    for (const id of [3, 4]) {
      expect(await witness.handle({ id, chat: 1, text: 'add' })).toMatchObject({ what: 'kept' });
    }
    sleeper.pause(false);
    sleeper.tell({ goOn: true });
    const late = await outcomeOf(sleeper);
    return { late, sleeper, witness };
  }

  it('its late commit is rejected, and the redelivered update is handled', async () => {
    const { late, sleeper, witness } = await overslept('wait');
    expect(late).toMatchObject({ what: 'failed', code: 'LEASE_LOST' });
    expect(await witness.tally(1)).toMatchObject({ count: 3, ids: [1, 3, 4] });
    sleeper.tell({ handle: [{ id: 2, chat: 1, text: 'add' }] });
    expect(await outcomeOf(sleeper)).toMatchObject({ what: 'kept' });
    expect(await witness.tally(1)).toMatchObject({ count: 4, ids: [1, 3, 4, 2] });
    await sleeper.leave();
    await witness.close();
  });

  it('runs no effects where another process has handled the same update: they run once', async () => {
    const address = on.engine.newAddress();
    const witness = log.stage.here(address);
    const sleeper = await log.stage.start({ name: 'sleeper', address, lease: 500 });
    sleeper.tell({ stopAt: 'held' });
    sleeper.tell({ handle: [{ id: 2, chat: 1, text: 'effect' }] });
    expect(await sleeper.next()).toEqual({ at: 'held' });
    sleeper.pause(true);
    const again = await witness.handle({ id: 2, chat: 1, text: 'effect' });
    expect(again).toMatchObject({ what: 'kept' });
    sleeper.pause(false);
    sleeper.tell({ goOn: true });
    // for its framework the update is done, as a duplicate is
    expect(await outcomeOf(sleeper)).toMatchObject({ what: 'kept', id: 2 });
    expect(await witness.tally(1)).toMatchObject({ count: 1, ids: [2] });
    await sleeper.leave();
    await witness.close();
    const effects = log.stage.entries().filter(({ what }) => what === 'effect');
    expect(effects.map(({ by }) => by)).toEqual(['here']);
  });

  it('what it had committed before stays, and what it changes after is rejected', async () => {
    const { late, sleeper, witness } = await overslept('twice');
    expect(late).toMatchObject({ what: 'failed', code: 'LEASE_LOST' });
    expect(await witness.tally(1)).toMatchObject({ count: 4, ids: [1, 2, 3, 4] });
    sleeper.tell({ handle: [{ id: 2, chat: 1, text: 'add' }] });
    expect(await outcomeOf(sleeper)).toMatchObject({ what: 'kept' });
    expect(await witness.tally(1)).toMatchObject({ count: 4, ids: [1, 2, 3, 4] });
    await sleeper.leave();
    await witness.close();
  });
});

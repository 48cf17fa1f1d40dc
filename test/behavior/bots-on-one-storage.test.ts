/** Two bots whose machines share a storage, and everything else is separate: as "Strategies" promises. */

import { flow } from '@telefsm/core';
import { telegram, virtualClock } from '@telefsm/testing';
import { describe, it } from 'vitest';
import { frameworks } from './frameworks.ts';
import { storages } from './storages.ts';

/** A flow that ends after ten minutes, and says so. */
const timed = (id: string) =>
  flow(id, { trigger: `/${id}`, timeout: '10m' })
    .ask('what', { prompt: `${id}: what?` })
    .done(() => 'Done.', { timedOut: () => `${id}: too late.` });

describe.each(frameworks)('two bots on one storage, on %s', (_, framework) => {
  it.each(storages)('fire their own deadlines only, in %s', async (_name, makeStorage) => {
    const clock = virtualClock();
    const storage = makeStorage(clock);
    const bots = ['shop', 'taxi'].map((name, at) => {
      const made = framework.bot(at + 1);
      const machine = made.fsm({ states: [timed(name)], storage, clock });
      return { name, machine, bot: made.bot, world: telegram(made.bot, { clock }) };
    });
    for (const { name, world } of bots) await world.user('Anna', { id: 7 }).sends(`/${name}`);
    for (const { machine, bot } of bots) machine.start(bot as never);
    await clock.advance('12m');
    for (const { name, world } of bots) {
      world.user('Anna', { id: 7 }).sees(`${name}: what?`);
      world.user('Anna', { id: 7 }).sees(`${name}: too late.`);
    }
    for (const { machine } of bots) await machine.stop();
  });
});

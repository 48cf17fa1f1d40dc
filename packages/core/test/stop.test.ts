import { describe, expect, it } from 'vitest';
import { virtualClock } from '../../testing/src/virtual-clock.ts';
import type { FsmStorage, Turn } from '../src/index.ts';
import { memoryStorage, state, states } from '../src/index.ts';
import { bench, gate } from './fixtures/bench.ts';
import { textStorage } from './fixtures/text-storage.ts';

const Form = states('Form', { name: state(), age: state() });

describe('machine.stop()', () => {
  it('rejects new updates and new work by name', async () => {
    const { machine, send, bot } = bench();
    const conversation = machine.at({ user: 1, bot: bot.id });
    await machine.stop();
    await expect(send(1, 'a')).rejects.toMatchObject({ code: 'STOPPED' });
    await expect(conversation.run(() => {})).rejects.toMatchObject({ code: 'STOPPED' });
  });

  it('waits for turns that run and for those that wait behind them, and then holds nothing', async () => {
    const clock = virtualClock();
    const storage = textStorage(clock);
    const { machine, send, bot } = bench({ clock, storage });
    const held = gate();
    const ended: string[] = [];
    const log = (name: string) => async (turn: Turn) => {
      await held.opened;
      await undefined;
      turn.state.update({ [name]: 1 });
      ended.push(name);
    };
    const conversation = machine.at({ user: 1, bot: bot.id });
    const all = [send(1, 'a', log('a')), send(1, 'b', log('b')), conversation.run(log('c'))];
    const stopping = machine.stop().then(() => ended.push('stopped'));
    await clock.advance('1s');
    expect(ended).toEqual([]);
    held.open();
    await Promise.all([stopping, ...all]);
    expect(ended).toEqual(['a', 'b', 'c', 'stopped']);
    expect(await storage.held([conversation.key])).toEqual([]);
  });

  it('gives up after 25 seconds on a handler that does not end, also one of a deadline', async () => {
    const clock = virtualClock();
    const stuck = gate();
    const { machine, send, outlast } = bench({ clock, onTimeout: () => stuck.opened });
    await send(1, 'a', ({ state: fsm }) => {
      fsm.set(Form.name);
      fsm.expire('1s');
    });
    machine.start();
    await clock.advance('5s');
    const begun = clock.now();
    await outlast(machine.stop());
    expect(clock.now() - begun).toBeGreaterThanOrEqual(25_000);
    expect(clock.now() - begun).toBeLessThan(30_000);
    stuck.open();
  });

  it('begins no deadline that is due', async () => {
    const clock = virtualClock();
    const { machine, send, peek } = bench({ clock });
    for (const user of [1, 2]) {
      await send(user, 'a', ({ state: fsm }) => {
        fsm.set(Form.name);
        fsm.expire('1s');
      });
    }
    await machine.stop();
    await clock.advance('5s');
    expect(await machine.sweep()).toBe(0);
    expect((await peek(1))?.current).toBe('Form:name');
    machine.start();
    await clock.advance('5s');
    expect([await peek(1), await peek(2)]).toEqual([undefined, undefined]);
    await machine.stop();
  });

  it('and start() right behind it leave one sweeper, and stop() ends that', async () => {
    const clock = virtualClock();
    // one that does not tell its next deadline is looked at again and again
    const { nextDueIn: _, ...memory } = memoryStorage({ clock });
    const held = gate();
    let looks = 0;
    const storage: FsmStorage = {
      ...memory,
      async due(limit, claim, prefix) {
        looks++;
        await held.opened;
        return memory.due(limit, claim, prefix);
      },
    };
    const { machine } = bench({ clock, storage });
    machine.start();
    const stopping = machine.stop();
    machine.start();
    held.open();
    await stopping;
    await clock.advance('10s');
    expect(looks).toBeLessThanOrEqual(13);
    expect(looks).toBeGreaterThanOrEqual(10);
    await machine.stop();
    const before = looks;
    await clock.advance('10s');
    expect(looks).toBe(before);
  });
});

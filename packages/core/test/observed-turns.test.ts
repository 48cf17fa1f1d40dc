import { describe, expect, it, vi } from 'vitest';
import { virtualClock } from '../../testing/src/virtual-clock.ts';
import { state, states } from '../src/index.ts';
import { bench, gate, message } from './fixtures/bench.ts';
import { driverError, textStorage } from './fixtures/text-storage.ts';

const Form = states('Form', { name: state() });

describe('an observer of turns', () => {
  it('gets the time that an update waited behind another one, and the time that it took', async () => {
    const { clock, send, notified } = bench();
    const turns = notified('turn');
    const first = gate();
    const slow = send(1, 'slow', () => first.opened);
    const behind = send(1, 'behind', () => {});
    await clock.advance(300);
    first.open();
    await Promise.all([slow, behind]);
    expect(turns).toMatchObject([
      { cause: 'update', subject: { user: 1 }, waited: 0, took: 300 },
      { cause: 'update', subject: { user: 1 }, waited: 300, took: 300 },
    ]);
    expect(turns.every((turn) => !('error' in turn) && turn.key?.endsWith('u1'))).toBe(true);
  });

  it('gets the error of a handler', async () => {
    const { send, notified } = bench();
    const turns = notified('turn');
    const thrown = new Error('broken');
    const failing = send(1, 'a', () => Promise.reject(thrown));
    await expect(failing).rejects.toBe(thrown);
    expect(turns).toMatchObject([{ error: thrown }]);
  });

  it('gets a lost lease', async () => {
    const clock = virtualClock();
    const storage = textStorage(clock);
    // the process is stopped, so it renews nothing
    const slow = bench({ clock: virtualClock(), storage: storage.view() });
    const other = bench({ clock, storage: storage.view() });
    const turns = slow.notified('turn');
    const held = gate();
    const late = slow.send(1, 'late', async ({ state: fsm }) => {
      fsm.set(Form.name);
      await held.opened;
    });
    await clock.advance('6s');
    await other.send(1, 'other', ({ state: fsm }) => fsm.set(Form.name));
    held.open();
    await expect(slow.outlast(late)).rejects.toMatchObject({ code: 'LEASE_LOST' });
    expect(turns).toMatchObject([{ error: { code: 'LEASE_LOST' } }]);
  });

  it('gets a storage that fails before any handler runs', async () => {
    const clock = virtualClock();
    const storage = textStorage(clock, () => Promise.reject(driverError('fatal')));
    const { send, notified } = bench({ clock, storage });
    const turns = notified('turn');
    await expect(send(1, 'a', () => {})).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
    expect(turns).toMatchObject([{ error: { code: 'STORAGE_FAILED' } }]);
  });

  it.each(['a sweep', 'the next update'])('gets how late a deadline is fired by %s', async (by) => {
    const { clock, machine, send, notified } = bench();
    await send(1, 'a', ({ state: fsm }) => {
      fsm.set(Form.name);
      fsm.expire(1000);
    });
    const turns = notified('turn');
    await clock.advance(3500);
    if (by === 'a sweep') await machine.sweep();
    else await send(1, 'b', () => {});
    const cause = by === 'a sweep' ? 'deadline' : 'update';
    expect(turns).toMatchObject([{ cause, lateBy: 2500 }]);
  });

  it('gets no lateness for a deadline that passes while its update waits', async () => {
    const { clock, send, notified } = bench();
    const held = gate();
    const first = send(1, 'a', async ({ state: fsm }) => {
      fsm.set(Form.name);
      fsm.expire(1000);
      await held.opened;
    });
    const turns = notified('turn');
    const second = send(1, 'b', () => {});
    await clock.advance(3000);
    held.open();
    await Promise.all([first, second]);
    expect(turns).toMatchObject([{ waited: 3000 }]);
    expect(turns[0]).not.toHaveProperty('lateBy');
  });

  it('gets work from outside by its cause, and updates without a conversation without a key', async () => {
    const { machine, bot, give, notified } = bench();
    const turns = notified('turn');
    await machine.at({ user: 1, bot: bot.id }).run(() => {});
    await give({ update_id: 7, poll: { id: 'p' } }, () => {});
    expect(turns).toMatchObject([{ cause: 'outside' }, { cause: 'update', updateId: 7 }]);
    expect(turns[0]).not.toHaveProperty('updateId');
    expect(turns[1]).not.toHaveProperty('key');
  });

  it('gets no duplicate and nothing after it has stopped observing', async () => {
    const { machine, give, send } = bench();
    const seen: (number | undefined)[] = [];
    const stop = machine.observe('turn', ({ updateId }) => void seen.push(updateId));
    const update = message(1, 'a', 50);
    for (let times = 0; times < 2; times++)
      await give(update, ({ state: fsm }) => fsm.set(Form.name));
    stop();
    await send(1, 'b', () => {});
    expect(seen).toEqual([50]);
  });
});

describe('an async observer', () => {
  it('whose promise rejects ends neither a turn nor the process', async () => {
    const unhandled: unknown[] = [];
    const note = (error: unknown) => void unhandled.push(error);
    const printed = vi.spyOn(console, 'error').mockImplementation(() => {});
    process.on('unhandledRejection', note);
    try {
      const { machine, send } = bench();
      const mine = new Error('mine');
      machine.observe((() => Promise.reject(mine)) as () => void);
      await send(1, 'a', ({ state: fsm }) => fsm.set(Form.name));
      // Node reports what nobody handles before the next macrotask
      await new Promise((resolve) => void setImmediate(resolve));
      expect(unhandled).toEqual([]);
      expect(printed).toHaveBeenCalledWith(expect.stringContaining('observer'), mine);
    } finally {
      process.off('unhandledRejection', note);
      printed.mockRestore();
    }
  });
});

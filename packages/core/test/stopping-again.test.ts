/** `stop()` where updates have no conversation, and where the machine is started again meanwhile. */

import { expect, it } from 'vitest';
import { virtualClock } from '../../testing/src/virtual-clock.ts';
import { state, states } from '../src/index.ts';
import { bench, gate } from './fixtures/bench.ts';
import { textStorage } from './fixtures/text-storage.ts';

const Form = states('Form', { name: state() });

it('stop() waits for the handler of an update that has no conversation', async () => {
  const { machine, send, clock } = bench({ strategy: () => undefined });
  const held = gate();
  const events: string[] = [];
  const update = send(1, 'a', async () => {
    await held.opened;
    events.push('handled');
  });
  const stopped = machine.stop().then(() => events.push('stopped'));
  await clock.advance('1s');
  held.open();
  await Promise.all([update, stopped]);
  expect(events).toEqual(['handled', 'stopped']);
});

it('a machine that is started again while it stops handles updates', async () => {
  const { machine, send, clock } = bench();
  const stuck = gate();
  const update = send(1, 'a', () => stuck.opened);
  const stopped = machine.stop();
  machine.start();
  await clock.advance('30s');
  await stopped;
  const handled: string[] = [];
  await send(2, 'b', () => void handled.push('b'));
  stuck.open();
  await update;
  await send(1, 'c', () => void handled.push('c'));
  expect(handled).toEqual(['b', 'c']);
  await machine.stop();
});

it('a machine that is started and stopped again drains for 25 seconds from then', async () => {
  const { machine, send, clock } = bench();
  const stuck = gate();
  const first = send(1, 'a', () => stuck.opened);
  const stops = [machine.stop()];
  await clock.advance('5s');
  machine.start();
  let rejected: unknown;
  const second = send(1, 'b').catch(({ code }) => {
    rejected = code;
  });
  await clock.advance('15s');
  stops.push(machine.stop());
  await clock.advance('24s');
  expect(rejected).toBeUndefined();
  await clock.advance('2s');
  expect(rejected).toBe('STOPPED');
  stuck.open();
  await Promise.all([first, second, ...stops]);
});

it('a turn that stop() no longer waits for is not renewed, so another process soon gets its conversation', async () => {
  const clock = virtualClock();
  const storage = textStorage(clock);
  const { machine, send, outlast } = bench({ clock, storage });
  const other = bench({ clock, storage: storage.view() });
  const held = gate();
  const update = send(1, 'a', async () => held.opened);
  const stopped = machine.stop();
  await clock.advance('26s');
  await stopped;
  const renewed = storage.calls.filter((call) => call === 'renew').length;
  const next = other.send(1, 'b', ({ state: fsm }) => fsm.set(Form.name));
  await other.outlast(next);
  expect(storage.calls.filter((call) => call === 'renew')).toHaveLength(renewed);
  expect(await other.peek(1)).toMatchObject({ current: Form.name.id });
  held.open();
  await outlast(update.catch(() => {}));
});

it('a machine that is started again renews its leases', async () => {
  const clock = virtualClock();
  const storage = textStorage(clock);
  const { machine, send, peek } = bench({ clock, storage });
  await send(1, 'a', () => {});
  await machine.stop();
  machine.start();
  const held = gate();
  const update = send(1, 'b', async ({ state: fsm }) => {
    await held.opened;
    fsm.set(Form.name);
  });
  await clock.advance('60s');
  held.open();
  await update;
  expect(storage.calls).toContain('renew');
  expect(await peek(1)).toMatchObject({ current: Form.name.id });
  await machine.stop();
});

it('a stopped machine without turns has no timer', async () => {
  const clock = virtualClock();
  let timers = 0;
  const setTimeout: typeof clock.setTimeout = (work, ms) => {
    timers++;
    return clock.setTimeout(() => {
      timers--;
      work();
    }, ms);
  };
  const clearTimeout: typeof clock.clearTimeout = (timer) => {
    if (timer !== undefined) timers--;
    clock.clearTimeout(timer);
  };
  const watched = { ...clock, setTimeout, clearTimeout };
  const { machine, send } = bench({ clock: watched as never, storage: textStorage(clock) });
  await send(1, 'a', ({ state: fsm }) => fsm.set(Form.name));
  expect(timers).toBe(1);
  await machine.stop();
  expect(timers).toBe(0);
});

it('a commit that stop() no longer waits for is sent again when its answer is lost', async () => {
  const clock = virtualClock();
  let commits = 0;
  const storage = textStorage(clock, ({ operation, execute }) =>
    operation === 'commit' && ++commits === 1 ? new Promise(() => {}) : execute(),
  );
  const { machine, send, peek, outlast } = bench({ clock, storage });
  const held = gate();
  const update = send(1, 'a', async ({ state: fsm }) => {
    await held.opened;
    fsm.set(Form.name);
  });
  const stopped = machine.stop();
  await clock.advance('24s');
  held.open();
  await clock.advance('2s');
  await stopped;
  await outlast(update);
  expect(commits).toBe(2);
  expect(await peek(1)).toMatchObject({ current: Form.name.id });
});

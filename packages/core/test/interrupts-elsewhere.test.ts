import { describe, expect, it } from 'vitest';
import { virtualClock } from '../../testing/src/virtual-clock.ts';
import { interruptBy, type Turn } from '../src/index.ts';
import { bench, gate, message } from './fixtures/bench.ts';
import { type Network, textStorage } from './fixtures/text-storage.ts';

/** Two processes over one storage and one clock. */
function two({ network, waiting }: { network?: Network; waiting?: object } = {}) {
  const clock = virtualClock();
  const storage = textStorage(clock);
  const options = { clock, waiting: { interrupt: interruptBy(['stop']), ...waiting } };
  const here = bench({ ...options, storage });
  const there = bench({ ...options, storage: storage.view(network) });
  return { clock, storage, here, there };
}

/** A handler that ends when its signal is aborted, and says so. */
function thinking() {
  const begun = gate();
  const reasons: unknown[] = [];
  const handler = ({ signal }: Turn) => {
    begun.open();
    return new Promise<void>((resolve) => {
      signal.addEventListener('abort', () => {
        reasons.push(signal.reason);
        resolve();
      });
    });
  };
  return { handler, begun: begun.opened, reasons };
}

describe('an update that interrupts a turn of another process', () => {
  it('aborts its signal within a second, and is handled next', async () => {
    const { clock, here, there } = two();
    const { handler, begun, reasons } = thinking();
    const slow = here.send(1, 'think', handler);
    await begun;
    const log: string[] = [];
    const stop = there.send(1, '/stop', () => void log.push('stop'));
    const start = clock.monotonic();
    while (reasons.length === 0) await clock.advance(10);
    expect(clock.monotonic() - start).toBeLessThan(1000);
    expect(reasons).toMatchObject([{ code: 'INTERRUPTED' }]);
    await slow;
    await here.outlast(stop, 10);
    expect(log).toEqual(['stop']);
  });

  it('goes before an update of its process that waits, which is handled afterwards and whole', async () => {
    const { here, there } = two();
    const { handler, begun } = thinking();
    const slow = here.send(1, 'think', handler);
    await begun;
    const log: string[] = [];
    const first = there.send(1, 'and another thing', () => void log.push('another thing'));
    await here.clock.advance(50);
    const stop = there.send(1, '/stop', () => void log.push('stop'));
    await here.outlast(Promise.all([slow, first, stop]), 10);
    expect(log).toEqual(['stop', 'another thing']);
  });

  it('waits also where the policy is not to wait', async () => {
    const { here, there } = two({ waiting: { policy: 'drop' } });
    const { handler, begun } = thinking();
    const slow = here.send(1, 'think', handler);
    await begun;
    const log: string[] = [];
    const stop = there.send(1, '/stop', () => void log.push('stop'));
    await here.outlast(Promise.all([slow, stop]), 10);
    expect(log).toEqual(['stop']);
  });

  it('is no redelivery of the update that is being handled, in this process or another', async () => {
    const { here, there, clock } = two({ waiting: { interrupt: interruptBy('any') } });
    const { handler, begun, reasons } = thinking();
    const update = message(1, 'think');
    const slow = here.give(update, handler);
    await begun;
    const again = [here.give(update), there.give(update)];
    await clock.advance(3000);
    expect(reasons).toEqual([]);
    await here.outlast(Promise.all([there.send(1, 'something else'), slow, ...again]), 10);
    expect(reasons).toHaveLength(1);
  });

  it('waits for the turn where no note can be left, and the failure is reported', async () => {
    const refused = Object.assign(new Error('no rights'), { code: 'REFUSED' });
    const { here, there, clock } = two({
      network(call) {
        if (call.key.startsWith('telefsm interrupts')) throw refused;
        return call.execute();
      },
    });
    const failures = there.notified('storageFailed');
    const held = gate();
    const log: string[] = [];
    const slow = here.send(1, 'think', () => held.opened);
    await clock.advance(10);
    const stop = there.send(1, '/stop', () => void log.push('stop'));
    await clock.advance(1000);
    expect(failures).toMatchObject([{ operation: 'interrupt', error: refused }]);
    expect(log).toEqual([]);
    held.open();
    await here.outlast(Promise.all([slow, stop]), 10);
    expect(log).toEqual(['stop']);
  });

  it('costs a quick turn no statement', async () => {
    const { here, storage } = two();
    await here.send(1, 'hello', ({ state }) => state.set('a' as never));
    expect(storage.calls).toEqual(['acquire', 'commit']);
  });
});

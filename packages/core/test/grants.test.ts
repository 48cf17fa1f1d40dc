import { describe, expect, it } from 'vitest';
import { virtualClock } from '../../testing/src/virtual-clock.ts';
import { createMachine } from '../src/adapter.ts';
import { type FsmStorage, memoryStorage } from '../src/index.ts';
import { sharedLeases } from '../src/storage.ts';
import { bench, gate } from './fixtures/bench.ts';
import { textStorage } from './fixtures/text-storage.ts';
import { message } from './fixtures/updates.ts';

describe('the message that a conversation has been handed over', () => {
  it('wakes its waiter also if it overtakes the answer that he has to wait', async () => {
    const memory = memoryStorage();
    let tell = (_: string, _fence: number) => {};
    let asked = 0;
    const storage: FsmStorage = {
      ...memory,
      features: { ...memory.features, shared: true },
      coordination: sharedLeases,
      async granted(listener) {
        tell = listener;
        return () => {};
      },
      async acquire(key, options) {
        asked++;
        // the first answer opens the channel; the second is overtaken
        if (asked === 2) tell(options.token, 1);
        const busy = { busy: 60_000, owner: 'other.1', fence: 1 };
        return asked <= 2 ? busy : memory.acquire(key, options);
      },
    };
    const timers = new Set<() => void>();
    const clock = {
      now: () => 0,
      monotonic: () => 0,
      setTimeout(task: () => void) {
        timers.add(task);
        return task;
      },
      clearTimeout: (task: unknown) => void timers.delete(task as () => void),
    };
    const machine = createMachine({ storage, clock });
    const bot = { id: 1, call: async () => true };
    let handled = 0;
    // no timer ever ends: only the message can wake it
    await machine.handle(message({ text: 'a' }), bot, () => void handled++);
    expect([handled, asked]).toEqual([1, 3]);
  });
});

describe('machines of one process on one storage', () => {
  it('ask once for a conversation that was handed over', async () => {
    const clock = virtualClock();
    const memory = memoryStorage({ clock });
    const listeners: ((token: string, fence: number) => void)[] = [];
    const waiting: string[] = [];
    let [isFree, asked] = [false, 0];
    const storage: FsmStorage = {
      ...memory,
      features: { ...memory.features, shared: true },
      coordination: sharedLeases,
      async granted(listener) {
        listeners.push(listener);
        return () => {};
      },
      async acquire(key, options) {
        asked++;
        waiting.push(options.token);
        return isFree ? memory.acquire(key, options) : { busy: 60_000, owner: 'other.1', fence: 1 };
      },
    };
    const sent = [1, 2, 3].map((user) => bench({ clock, storage }).send(user, 'a'));
    await clock.advance(0);
    const [first = ''] = waiting;
    expect(listeners).toHaveLength(3);
    [isFree, asked] = [true, 0];
    for (const notify of listeners) notify(first, 3);
    await sent[0];
    await clock.advance('1s');
    expect(asked).toBe(1);
    for (const token of [...waiting]) for (const notify of listeners) notify(token, 3);
    await Promise.all(sent);
  });
});

describe('a message channel that cannot be opened', () => {
  it('is retried by a waiting turn, once a minute at most', async () => {
    const clock = virtualClock();
    const memory = memoryStorage({ clock });
    const tries: number[] = [];
    const start = clock.now();
    const process = (): FsmStorage => ({
      ...memory,
      coordination: sharedLeases,
      async granted() {
        tries.push(clock.now() - start);
        if (tries.length === 1) throw new Error('no connection');
        return () => {};
      },
    });
    const theirs = bench({ clock, storage: process() });
    const mine = bench({ clock, storage: process() });
    const failed: string[] = [];
    mine.machine.observe('storageFailed', ({ operation }) => void failed.push(operation));
    const contend = async (ms: number) => {
      const held = gate();
      const first = theirs.send(1, 'a', () => held.opened);
      await clock.advance(0);
      const second = mine.send(1, 'b');
      await clock.advance(ms);
      held.open();
      await Promise.all([first, clock.advance(3000), second]);
    };
    await contend(20_000);
    await contend(20_000);
    expect(tries).toEqual([0]);
    expect(failed).toEqual(['granted']);
    await contend(30_000);
    expect(tries.length).toBe(2);
    await clock.advance('1h');
    await contend(1000);
    expect(tries.length).toBe(2);
    expect(tries[1]).toBeGreaterThanOrEqual(60_000);
  });
});

describe('a message channel that opens after its machine has stopped', () => {
  it('is closed, so that the process can exit', async () => {
    const clock = virtualClock();
    const text = textStorage(clock);
    const opening = gate();
    let ended = 0;
    const storage: FsmStorage = {
      ...text,
      async granted() {
        await opening.opened;
        return () => void ended++;
      },
    };
    const theirs = bench({ clock, storage: text.view() });
    const mine = bench({ clock, storage });
    const held = gate();
    const first = theirs.send(1, 'a', () => held.opened);
    await clock.advance(0);
    const second = mine.send(1, 'b').catch(({ code }) => code);
    await clock.advance('1s');
    const stopped = mine.machine.stop();
    await clock.advance('30s');
    await stopped;
    expect(await second).toBe('STOPPED');
    opening.open();
    held.open();
    await first;
    await clock.advance('1s');
    expect(ended).toBe(1);
  });

  it('is forgotten if it fails, and the channel of the restarted machine is opened once', async () => {
    const clock = virtualClock();
    const text = textStorage(clock);
    const first = gate();
    const next = gate();
    let opens = 0;
    const storage: FsmStorage = {
      ...text,
      async granted() {
        if (++opens > 1) return next.opened.then(() => () => {});
        await first.opened;
        throw new Error('cut');
      },
    };
    const theirs = bench({ clock, storage: text.view() });
    const mine = bench({ clock, storage });
    const held = gate();
    const all = [1, 2].map((user) => theirs.send(user, 'a', () => held.opened));
    await clock.advance(0);
    const given = mine.send(1, 'b').catch(({ code }) => code);
    await clock.advance('1s');
    const stopped = mine.machine.stop();
    await clock.advance('30s');
    await stopped;
    expect(await given).toBe('STOPPED');
    mine.machine.start();
    all.push(mine.send(1, 'c'));
    await clock.advance('1s');
    expect(opens).toBe(2);
    first.open();
    await clock.advance('1s');
    all.push(mine.send(2, 'd'));
    await clock.advance('2m');
    expect(opens).toBe(2);
    next.open();
    held.open();
    await mine.outlast(Promise.all(all));
    await mine.machine.stop();
  });
});

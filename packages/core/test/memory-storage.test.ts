import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MemoryStorage } from '../src/index.ts';
import { isFsmError, memoryStorage } from '../src/index.ts';
import { deadlineIndex } from '../src/storage/deadline-index.ts';
import type { Write } from '../src/storage.ts';
import { take } from './fixtures/held.ts';

function stopped() {
  const clock = {
    time: 1_000_000,
    now: () => clock.time,
    monotonic: () => clock.time,
    setTimeout() {},
    clearTimeout() {},
  };
  return clock;
}

const write = (text: string, more: Partial<Write> = {}): Write => ({ text, state: null, ...more });
const put = (storage: MemoryStorage, key: string, text: string, more: Partial<Write> = {}) =>
  take(storage, key).commit(write(text, more));
const put1 = (storage: MemoryStorage, key: string) => put(storage, key, key);

async function keysOf(storage: MemoryStorage): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of storage.list({})) keys.push(key);
  return keys;
}

/** A full collection, which nobody has to ask for on the command line. */
async function collectGarbage(): Promise<void> {
  setFlagsFromString('--expose-gc');
  // A weak reference made in this task is strong until the next.
  await new Promise((resolve) => setImmediate(resolve));
  runInNewContext('gc')();
}

describe('memoryStorage', () => {
  it('answers without a promise', () => {
    const storage = memoryStorage();
    const lease = take(storage, 'k');
    expect(lease.commit(write('a'), 1000)).toBe('done');
    expect(storage.renew('k', { token: 'stranger.1', fence: 1 }, 1000)).toBe(false);
    expect(lease.release()).toBe(undefined);
    expect(storage.peek('k')?.text).toBe('a');
  });

  it('gives back the very object that was written, and never makes its text', () => {
    const storage = memoryStorage();
    const lazy: Write = {
      state: 's',
      get text(): string {
        throw new Error('the text was read');
      },
    };
    take(storage, 'k').commit(lazy);
    expect(storage.peek('k')).toBe(lazy);
    expect(take(storage, 'k').record).toBe(lazy);
  });

  it('gives a record with a deadline as a plain object, which may be copied', () => {
    const clock = stopped();
    const storage = memoryStorage({ clock });
    const lazy = { state: null, deadlineIn: 500, ttl: undefined };
    const text = { get: () => 'late' };
    take(storage, 'k').commit(Object.create(lazy, { text }) as Write);
    clock.time += 200;
    expect({ ...storage.peek('k') }).toEqual({ text: 'late', deadlineIn: 300 });
    expect(structuredClone(take(storage, 'k').record)).toEqual({ text: 'late', deadlineIn: 300 });
  });

  it('does not notice the end of a lease that nobody else took', () => {
    const clock = stopped();
    const storage = memoryStorage({ clock });
    const lease = take(storage, 'k');
    clock.time += 60_000;
    expect(lease.commit(write('late'))).toBe('done');
  });

  describe('with maxEntries', () => {
    it('deletes the conversation that was written longest ago', async () => {
      const storage = memoryStorage({ maxEntries: 3 });
      for (const key of ['a', 'b', 'c', 'a', 'd', 'e']) put1(storage, key);
      expect(await keysOf(storage)).toEqual(['a', 'd', 'e']);
    });

    it('deletes no conversation with a lease', async () => {
      const storage = memoryStorage({ maxEntries: 2 });
      put1(storage, 'held');
      const lease = take(storage, 'held');
      for (const key of ['b', 'c', 'd']) put1(storage, key);
      expect(lease.commit(write('still mine'))).toBe('done');
      expect(await keysOf(storage)).toEqual(['d', 'held']);
    });

    it('deletes one with a deadline last', async () => {
      const storage = memoryStorage({ maxEntries: 2 });
      put(storage, 'armed', 'x', { deadlineIn: 1000 });
      for (const key of ['b', 'c']) put1(storage, key);
      expect(await keysOf(storage)).toEqual(['armed', 'c']);
      put(storage, 'c', 'x', { deadlineIn: 1000 });
      put1(storage, 'd');
      expect(await keysOf(storage)).toEqual(['c', 'd']);
    });

    it('rejects the holder of a conversation that was deleted', () => {
      const clock = stopped();
      const storage = memoryStorage({ maxEntries: 1, clock });
      const lapsed = take(storage, 'a');
      clock.time += 2000;
      put1(storage, 'b');
      expect(lapsed.commit(write('late'))).toBe('rejected');
    });

    it.each([0, -1, 1.5, Number.NaN])('rejects %s', (maxEntries) => {
      expect(() => memoryStorage({ maxEntries })).toThrow(
        expect.toSatisfy((error) => isFsmError(error, 'INVALID_OPTION')),
      );
    });
  });

  it('keeps nothing of conversations that are idle, deleted or expired', async () => {
    const clock = stopped();
    // With a bound of one, a leftover of any kind would push out the record.
    const storage = memoryStorage({ clock, maxEntries: 1 });
    put1(storage, 'record');
    for (let n = 0; n < 1000; n++) take(storage, `stateless ${n}`).release();
    for (let n = 0; n < 1000; n++) take(storage, `cleared ${n}`).commit(undefined);
    put1(storage, 'record');
    expect(await keysOf(storage)).toEqual(['record']);
  });

  it('holds on to nothing that was written and deleted, however large its map has been', async () => {
    const storage = memoryStorage();
    const keys = Array.from({ length: 3000 }, (_, at) => `k${at}`);
    const parked = keys.map((key) => {
      const one = write(key);
      take(storage, key).commit(one);
      return new WeakRef(one);
    });
    for (const key of keys) take(storage, key).commit(undefined);
    await collectGarbage();
    expect(parked.filter((one) => one.deref() !== undefined)).toEqual([]);
    expect(storage.peek('k0')).toBeUndefined();
  });

  it('deletes expired conversations while new ones come, without a timer', async () => {
    const clock = stopped();
    const storage = memoryStorage({ clock });
    const old = Array.from({ length: 1000 }, (_, n) => {
      const expiring = write(`${n}`, { ttl: 10 });
      take(storage, `old ${n}`).commit(expiring);
      return new WeakRef(expiring);
    });
    clock.time += 10;
    for (let n = 0; n < 1000; n++) put1(storage, `new ${n}`);
    await collectGarbage();
    expect(old.filter((reference) => reference.deref() !== undefined).length).toBeLessThan(10);
    expect((await keysOf(storage)).length).toBe(1000);
  });
});

describe('deadlineIndex', () => {
  it('finds due entries in the order of time, each once while it is claimed', () => {
    const put = fc.record({
      key: fc.integer({ min: 0, max: 9 }),
      at: fc.integer({ min: 0, max: 50 }),
    });
    fc.assert(
      fc.property(fc.array(put, { maxLength: 60 }), (puts) => {
        const entries = new Map<string, { key: string; deadlineAt: number; wakeAt: number }>();
        const index = deadlineIndex(entries);
        for (const { key, at } of puts) {
          const name = String(key);
          const entry = entries.get(name) ?? { key: name, deadlineAt: 0, wakeAt: Infinity };
          entries.set(name, entry);
          entry.deadlineAt = at;
          if (at < entry.wakeAt) index.put(entry, at);
        }
        for (let now = 0; now <= 50; now++) {
          const due = [...entries.values()].filter((entry) => entry.deadlineAt === now);
          expect([...index.claim(100, 1000, now)].sort()).toEqual(due.map(({ key }) => key).sort());
        }
      }),
    );
  });

  it('does not grow with deadlines that come and go', () => {
    const entries = new Map<string, { key: string; deadlineAt: number; wakeAt: number }>();
    const index = deadlineIndex(entries);
    for (let n = 0; n < 10_000; n++) {
      const entry = { key: 'k', deadlineAt: 1e9 - n, wakeAt: Infinity };
      entries.set('k', entry);
      index.put(entry, entry.deadlineAt);
    }
    // All leftovers would have to be stepped over before the limit is reached.
    expect(index.claim(1, 10, 1e9)).toEqual(['k']);
    expect(index.claim(1, 10, 1e9)).toEqual([]);
  });
});

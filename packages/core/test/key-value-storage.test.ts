import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FsmStorage } from '../src/index.ts';
import { keyValueStorage } from '../src/index.ts';
import type { Granted, LeaseHolder, Write } from '../src/storage.ts';

const options = { token: 'p.1', lease: 1000, queue: false };
const write = (text: string, more: Partial<Write> = {}): Write => ({ text, state: null, ...more });

function stored() {
  const texts = new Map<string, string>();
  const calls: string[] = [];
  const clock = {
    time: 1_000_000,
    now: () => clock.time,
    monotonic: () => clock.time,
    setTimeout() {},
    clearTimeout() {},
  };
  const storage = keyValueStorage(
    {
      get: (key) => texts.get(key),
      set(key, text, ttl) {
        calls.push(`set ${key} ${ttl}`);
        texts.set(key, text);
      },
      delete(key) {
        calls.push(`delete ${key}`);
        texts.delete(key);
      },
    },
    { clock },
  );
  return { texts, calls, clock, storage };
}

const holder: LeaseHolder = { token: options.token, fence: 0 };

function take(storage: FsmStorage, key = 'k') {
  const { stored } = storage.acquire(key, options) as Granted;
  return {
    record: stored,
    commit: (next: Write | undefined) => storage.commit(key, holder, next),
    release: () => storage.release(key, holder),
  };
}

describe('keyValueStorage', () => {
  it('keeps a plain record as it stands', async () => {
    const { texts, storage } = stored();
    expect(await take(storage).commit(write('{"v":1}'))).toBe('done');
    expect(texts.get('k')).toBe('{"v":1}');
    expect(await storage.peek('k')).toEqual({ text: '{"v":1}' });
  });

  it('round trips every text, with and without lifetime and deadline', async () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string().map((rest) => `telefsm@${rest}`),
      fc.constantFrom('telefsm@,;', 'telefsm@1,2;x', '\ud800', '\0'),
    );
    const length = fc.option(fc.integer({ min: 1, max: 1e15 }), { nil: undefined });
    await fc.assert(
      fc.asyncProperty(text, length, length, async (text, ttl, deadlineIn) => {
        const { storage } = stored();
        const lengths = {
          ...(ttl === undefined ? {} : { ttl }),
          ...(deadlineIn === undefined ? {} : { deadlineIn }),
        };
        await take(storage).commit(write(text, lengths));
        const expected = deadlineIn === undefined ? { text } : { text, deadlineIn };
        expect(await storage.peek('k')).toEqual(expected);
        expect(take(storage).record).toEqual(expected);
      }),
    );
  });

  it('reads an expired record as absent and counts deadlines from the answer', async () => {
    const { clock, storage } = stored();
    await take(storage).commit(write('x', { ttl: 1000, deadlineIn: 400 }));
    clock.time += 600;
    expect(await storage.peek('k')).toEqual({ text: 'x', deadlineIn: -200 });
    clock.time += 400;
    expect(await storage.peek('k')).toBe(undefined);
    expect(take(storage).record).toBe(undefined);
  });

  it('tells the store how long a record is wanted', async () => {
    const { calls, storage } = stored();
    await take(storage).commit(write('x', { ttl: 1000 }));
    expect(calls).toEqual(['set k 1000']);
  });

  it('writes nothing when a turn ends without a commit', async () => {
    const { calls, storage } = stored();
    await take(storage).release();
    expect(calls).toEqual([]);
  });

  it('deletes', async () => {
    const { texts, storage } = stored();
    await take(storage).commit(write('x'));
    await take(storage).commit(undefined);
    expect(texts.size).toBe(0);
  });

  it('passes on whatever else wrote into the store, as text', async () => {
    const { texts, storage } = stored();
    texts.set('k', 'no record at all');
    expect(take(storage).record).toEqual({ text: 'no record at all' });
    texts.set('k', { __session: 1 } as unknown as string);
    expect(await storage.peek('k')).toEqual({ text: '{"__session":1}' });
  });

  it('waits for a store that answers by promises, and takes null for nothing', async () => {
    const texts = new Map<string, string>();
    const storage = keyValueStorage({
      get: async (key) => texts.get(key) ?? null,
      set: async (key, text) => texts.set(key, text),
      delete: async (key) => texts.delete(key),
    });
    const lease = (await storage.acquire('k', options)) as Granted;
    expect(lease.stored).toBe(undefined);
    expect(await storage.commit('k', holder, write('x'))).toBe('done');
    expect(await storage.peek('k')).toEqual({ text: 'x' });
  });

  it('lets the failures of the store through', async () => {
    const storage = keyValueStorage({
      get: () => undefined,
      set: () => Promise.reject(new Error('disk on fire')),
      delete: () => undefined,
    });
    await expect(take(storage).commit(write('x'))).rejects.toThrow('disk on fire');
  });
});

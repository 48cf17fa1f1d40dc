import { keyValueStorage, memoryStorage } from '@telefsm/core';
import { describe, expect, it } from 'vitest';
import { storageContract } from '../../src/index.ts';
import type { Fault } from './faulty-storage.ts';
import { faults, faultyStorage } from './faulty-storage.ts';

function virtual() {
  const clock = {
    time: 1_700_000_000_000,
    now: () => clock.time,
    monotonic: () => clock.time,
    setTimeout() {},
    clearTimeout() {},
  };
  return clock;
}

describe('the storage contract on a correct storage', () => {
  for (const { concept, title, run } of storageContract(() => faultyStorage())) {
    it(`${concept}: ${title}`, run);
  }
});

describe('the storage contract on memoryStorage', () => {
  const make = () => {
    const clock = virtual();
    const advance = (ms: number) => {
      clock.time += ms;
    };
    return { storage: memoryStorage({ clock }), advance };
  };
  const exceptions = {
    shared: 'it lives in one process',
    granted: 'machines of one process share the local queue of the storage',
  };
  for (const { concept, title, run } of storageContract(make, { exceptions })) {
    it(`${concept}: ${title}`, run);
  }
});

describe('the storage contract on keyValueStorage', () => {
  const make = () => {
    const texts = new Map<string, string>();
    return keyValueStorage({
      get: async (key) => texts.get(key),
      set: async (key, text) => texts.set(key, text),
      delete: async (key) => texts.delete(key),
    });
  };
  const exceptions = {
    shared: 'a store of get and set cannot exclude a second process',
    fencing: 'a store of get and set cannot refuse a late writer',
    ttl: 'nothing makes such a store forget',
    deadlines: 'nothing asks such a store what is due',
    list: 'such a store cannot name its keys',
    granted: 'nobody waits for what cannot be held',
  };
  for (const { concept, title, run } of storageContract(make, { exceptions })) {
    it(`${concept}: ${title}`, run);
  }
});

describe('the storage contract itself', () => {
  const caughtBy = new Map<Fault, readonly string[]>();

  it.each(faults)('notices a storage with the mistake: %s', async (fault) => {
    const rules = storageContract(() => faultyStorage(fault), { patience: 30 });
    const kept = await Promise.allSettled(rules.map(({ run }) => run()));
    const broken = rules.filter((_, n) => kept[n]?.status === 'rejected').map(({ name }) => name);
    caughtBy.set(fault, broken);
    // Chance would be no proof.
    expect(broken.filter((name) => !name.startsWith('requests that arrive late'))).not.toEqual([]);
  });

  it('has no rule that no mistake breaks', () => {
    expect([...caughtBy.keys()]).toEqual(faults);
    const broken = new Set([...caughtBy.values()].flat());
    const idle = storageContract(() => faultyStorage()).filter(({ name }) => !broken.has(name));
    expect(idle.map(({ name }) => name)).toEqual([]);
  });

  it('has a name of its own for each rule', () => {
    const names = storageContract(() => faultyStorage()).map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });

  it('fails if a storage lacks a feature without a reason', async () => {
    const rules = storageContract(() => memoryStorage());
    const rule = rules.find(({ needs }) => needs.includes('shared'));
    await expect(rule?.run()).rejects.toThrow("does not offer 'shared'");
  });

  it('fails where an exception is none any more', async () => {
    const exceptions = { list: 'not yet', 'a commit releases the lease': 'not yet' };
    const rules = storageContract(() => memoryStorage(), { exceptions });
    const excepted = rules.filter(({ exception }) => exception !== undefined);
    expect(excepted.length).toBeGreaterThan(2);
    for (const { run } of excepted) await expect(run()).rejects.toThrow();
  });

  it('keeps the reason of an exception in the title', () => {
    const exceptions = { list: 'no index' };
    const rules = storageContract(() => memoryStorage(), { exceptions });
    const [rule] = rules.filter(({ needs }) => needs.includes('list'));
    expect(rule).toMatchObject({ exception: 'no index' });
    expect(rule?.title).toBe(`${rule?.name} (excepted: no index)`);
  });

  it('accepts a rule as excepted that the storage breaks', async () => {
    const exceptions = { 'a renewal extends the lease from now on': 'never renewed' };
    const rules = storageContract(() => faultyStorage('renewal never happens'), { exceptions });
    await rules.find(({ exception }) => exception === 'never renewed')?.run();
  });

  it('rejects an exception that names nothing', () => {
    expect(() => storageContract(() => memoryStorage(), { exceptions: { typo: 'x' } })).toThrow(
      "'typo' is neither a rule",
    );
  });
});

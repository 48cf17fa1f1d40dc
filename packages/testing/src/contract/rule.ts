/** What a rule of the storage contract is, and what it works with. */

import assert from 'node:assert/strict';
import type { Awaitable, FsmStorage, StoredText } from '@telefsm/core';
import type { AcquireOptions, Lease, StorageFeatures, Write } from '@telefsm/core/storage';

/** What a storage must offer for a rule to apply: a feature it declares, or waking those who wait. */
export type StorageNeed = keyof StorageFeatures | 'granted';

/** A storage as the rules see it; where moving its clock or opening it again takes more than the storage itself. */
export interface StorageUnderTest {
  readonly storage: FsmStorage;
  /** Moves the storage's clock on; without it the rules wait in real time, some 50 ms at once. */
  advance?(ms: number): Awaitable<void>;
  /** Opens the same conversations once more, as another process would; needed where the storage is `shared`. */
  another?(): Awaitable<FsmStorage>;
}

/** How an acquisition of a rule differs from the usual one. */
export interface Taking {
  readonly token?: string;
  /** In ms; a minute unless given. */
  readonly lease?: number;
  readonly queue?: boolean;
  /** In ms. */
  readonly offset?: number;
  readonly storage?: FsmStorage;
}

/** A fresh storage and the few steps that rules are written in. */
export interface Bench {
  readonly storage: FsmStorage;
  /** How long a message to a waiter may take, in ms. */
  readonly patience: number;
  /** Moves time on, virtually or really. */
  advance(ms: number): Promise<void>;
  another(): Promise<FsmStorage>;
  /** A key of this run alone, so that a storage may be used for many runs. */
  key(name: string): string;
  /** A token that was never used. */
  token(): string;
  /** Takes a conversation, which must be free. */
  take(key: string, taking?: Taking): Promise<Lease>;
  /** How long a conversation is held by another, which must be so, in ms. */
  busy(key: string, taking?: Taking): Promise<number>;
  /** A turn that writes. */
  put(key: string, text: string, more?: Partial<Write>): Promise<void>;
  /** A turn that writes nothing; what it found. */
  read(key: string, taking?: Taking): Promise<StoredText | undefined>;
  /** A turn that finds this text, and `peek` finds it too. */
  finds(key: string, text: string | undefined): Promise<void>;
  /** Looks again until it is so, in real time, at most as long as a message may take. */
  until(so: () => boolean, what: string): Promise<void>;
}

/** One rule: a sentence that holds for every storage which offers what the rule needs. */
export interface Rule {
  readonly name: string;
  readonly needs: readonly StorageNeed[];
  /** What goes wrong in a bot whose storage breaks the rule. */
  readonly breaks?: string;
  check(bench: Bench): Promise<void>;
}

/** How long a lease of a rule lasts unless the rule says otherwise, in ms. */
export const minute = 60_000;

/** More than a timer or a column of 32 bits can count, in ms. */
export const year: number = 365 * 86_400_000;

/** What a rule writes. */
export function record(text: string, more: Partial<Write> = {}): Write {
  return { text, state: null, ...more };
}

let runs = 0;
const run = Math.random().toString(36).slice(2, 8);

/** Puts a storage on the bench. */
export function benchOf(under: StorageUnderTest, opened: FsmStorage[], patience: number): Bench {
  const { storage } = under;
  const prefix = `contract:${run}-${++runs}:`;
  let tokens = 0;
  const token = () => `${run}${runs}.${++tokens}`;

  const acquire = (key: string, { storage: by = storage, ...taking }: Taking) => {
    const options: AcquireOptions = { token: token(), lease: minute, queue: false, ...taking };
    return by.acquire(key, options);
  };

  const bench: Bench = {
    storage,
    patience,
    key: (name) => prefix + name,
    token,
    async advance(ms) {
      // A little more, since a server's clock and ours tick apart.
      if (under.advance) await under.advance(ms);
      else await pause(ms + 10);
    },
    async another() {
      assert.ok(under.another, 'A shared storage needs `another` to be tested: give it to make().');
      const other = await under.another();
      opened.push(other);
      return other;
    },
    async take(key, taking = {}) {
      const taken = await acquire(key, taking);
      assert.ok(!('busy' in taken), `${key} should be free, and is busy`);
      return taken;
    },
    async busy(key, taking = {}) {
      const taken = await acquire(key, taking);
      assert.ok('busy' in taken, `${key} should be busy, and is free`);
      assert.equal(typeof taken.busy, 'number', `busy for '${taken.busy}'`);
      assert.ok(taken.busy > 0, `busy for ${taken.busy} ms: free would have been the answer`);
      return taken.busy;
    },
    async put(key, text, more) {
      const lease = await bench.take(key);
      assert.equal(await lease.commit(record(text, more)), 'done');
    },
    async read(key, taking) {
      const lease = await bench.take(key, taking);
      // Read before the conversation is given on: a text may be made when it is asked for.
      const found = lease.record && { ...lease.record, text: lease.record.text };
      await lease.release();
      return found;
    },
    async finds(key, text) {
      assert.equal((await storage.peek(key))?.text, text, 'what peek finds');
      assert.equal((await bench.read(key))?.text, text, 'what a turn finds');
    },
    async until(so, what) {
      for (let waited = 0; !so(); waited += 5) {
        assert.ok(waited < patience, `waited ${patience} ms in vain: ${what}`);
        await pause(5);
      }
    },
  };
  return bench;
}

/** Waits in real time. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** A rule of the storage contract, and its tools. */

import assert from 'node:assert/strict';
import type { Awaitable, FsmStorage, StoredText } from '@telefsm/core';
import type {
  AcquireOptions,
  Busy,
  CommitAnswer,
  LeaseHolder,
  StorageFeatures,
  Write,
} from '@telefsm/core/storage';

/** The feature that a storage needs for a rule to apply: a declared one, or the notification of waiters. */
export type StorageNeed = Exclude<keyof StorageFeatures, 'parallel' | 'alarms'> | 'granted';

/** A storage as the rules see it; where moving its clock or opening it again takes more than the storage itself. */
export interface StorageUnderTest {
  readonly storage: FsmStorage;
  /** Moves the storage's clock on; without it the rules wait in real time, some 50 ms at a time. */
  advance?(ms: number): Awaitable<void>;
  /** Opens the same conversations once more, as another process would; needed where the storage is `shared`. */
  another?(): Awaitable<FsmStorage>;
  /**
   * Changes every stored instant of one conversation (end of the lease, deadline, expiry) by so many ms, past the storage: with the
   * client that it uses. A negative number lets time pass, a positive one is a clock that went back. Needed where there is no `advance`.
   */
  shift?(key: string, ms: number): Awaitable<void>;
}

/** How an acquisition of a rule differs from the usual one. */
export interface Taking {
  readonly token?: string;
  /** In ms; a minute unless given. */
  readonly lease?: number;
  readonly queue?: boolean;
  /** How much time passes for this conversation before, in ms. */
  readonly after?: number;
  readonly storage?: FsmStorage;
}

/** A conversation that was acquired, with the statements that its holder may send. */
export interface Held extends LeaseHolder {
  /** Names the grant; a continuing commit makes it name the next one. */
  fence: number;
  /** The stored text. */
  readonly record: StoredText | undefined;
  /** @param keep - how long to continue holding, in ms; without it the commit releases */
  commit(next: Write | undefined, keep?: number): Promise<CommitAnswer>;
  renew(lease: number): Promise<boolean>;
  release(): Promise<void>;
  /** The same holder, which never gets the answers to this one: its statements are copies that arrive late. */
  copy(): Held;
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
  /** Lets time pass for one conversation; virtually, or by moving its stored instants. */
  pass(key: string, ms: number): Promise<void>;
  /** Sets the clock back, as one conversation sees it: what is stored of it ends so much later. */
  back(key: string, ms: number): Promise<void>;
  /** Takes a conversation, which must be free. */
  take(key: string, taking?: Taking): Promise<Held>;
  /** The answer about a conversation that is leased by another, which must be so. */
  refused(key: string, taking?: Taking): Promise<Busy>;
  /** How long a conversation is leased by another, which must be so, in ms. */
  busy(key: string, taking?: Taking): Promise<number>;
  /** A turn that writes. */
  put(key: string, text: string, more?: Partial<Write>): Promise<void>;
  /** A turn that writes nothing; what it found. */
  read(key: string, taking?: Taking): Promise<StoredText | undefined>;
  /** A turn that finds this text, and `peek` finds it too. */
  finds(key: string, text: string | undefined, taking?: Taking): Promise<void>;
  /** Looks again until it is so, in real time, at most as long as a message may take. */
  until(so: () => boolean, what: string): Promise<void>;
}

/** One rule: a sentence that holds for every storage which offers what the rule needs. */
export interface Rule {
  readonly name: string;
  readonly needs: readonly StorageNeed[];
  /** The failure of a bot whose storage breaks the rule. */
  readonly breaks?: string;
  check(bench: Bench): Promise<void>;
}

/** How long a lease of a rule lasts unless the rule says otherwise, in ms. */
export const minute = 60_000;

/** More than a timer or a column of 32 bits can count, in ms. */
export const year: number = 365 * 86_400_000;

/** Returns a record for a rule to write. */
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

  const acquire = async (key: string, { storage: by = storage, after = 0, ...taking }: Taking) => {
    if (after > 0) await bench.pass(key, after);
    const options: AcquireOptions = { token: token(), lease: minute, queue: false, ...taking };
    return { by, token: options.token, answer: await by.acquire(key, options) };
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
      assert.ok(under.another, 'A shared storage needs `another` to be tested. Pass it to make().');
      const other = await under.another();
      opened.push(other);
      return other;
    },
    async pass(key, ms) {
      if (under.shift) await under.shift(key, -ms);
      else {
        assert.ok(under.advance, 'Time cannot pass: give `advance` or `shift` to make().');
        await under.advance(ms);
      }
    },
    async back(key, ms) {
      assert.ok(under.shift, 'A shared storage needs `shift` to be tested. Pass it to make().');
      await under.shift(key, ms);
    },
    async take(key, taking = {}) {
      const { by, token, answer } = await acquire(key, taking);
      assert.ok(!('busy' in answer), `${key} should be free, and is busy`);
      return heldBy(by, key, { token, fence: answer.fence }, answer.stored);
    },
    async refused(key, taking = {}) {
      const { answer } = await acquire(key, taking);
      assert.ok('busy' in answer, `${key} should be busy, and is free`);
      assert.equal(typeof answer.busy, 'number', `busy for '${answer.busy}'`);
      assert.ok(answer.busy > 0, `busy for ${answer.busy} ms: free would have been the answer`);
      return answer;
    },
    busy: async (key, taking) => (await bench.refused(key, taking)).busy,
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
    async finds(key, text, taking) {
      assert.equal((await storage.peek(key))?.text, text, 'what peek finds');
      assert.equal((await bench.read(key, taking))?.text, text, 'what a turn finds');
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

/** A holder who sends statements to a storage. */
function heldBy(
  storage: FsmStorage,
  key: string,
  { token, fence }: LeaseHolder,
  record?: StoredText,
): Held {
  const held: Held = {
    token,
    fence,
    record,
    async commit(next, keep) {
      const answer = await storage.commit(key, { token, fence: held.fence }, next, keep);
      if (keep !== undefined && answer !== 'rejected') held.fence++;
      return answer;
    },
    renew: async (lease) => storage.renew(key, { token, fence: held.fence }, lease),
    release: async () => storage.release(key, { token, fence: held.fence }),
    copy: () => heldBy(storage, key, { token, fence: held.fence }, record),
  };
  return held;
}

/** Waits in real time. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** The contract between core and a storage: a few small atomic statements over text. Everything else is core's. */

import type { Awaitable } from '../base/type-tools.ts';

/** How to take a conversation. */
export interface AcquireOptions {
  /** Names the holder and is never used twice; the same token again gives the same answer. `<process>.<number>`. */
  readonly token: string;
  /** How long the conversation is held unless renewed, in ms. */
  readonly lease: number;
  /** Whether to register the token as a waiter if the conversation is held, so that `granted` hears of it. */
  readonly queue: boolean;
  /** Added to the storage's clock, in ms; for tests of the contract only. */
  readonly offset?: number;
}

/** What is stored for one conversation. Times are lengths in ms, counted from the answer; never instants. */
export interface StoredText {
  /** The record, as core wrote it. */
  readonly text: string;
  /** Until the deadline; zero or negative once it has passed. Absent without one. */
  readonly deadlineIn?: number;
}

/** What a commit writes. Times are lengths in ms from the moment the storage executes it. */
export interface Write {
  /** The record. */
  readonly text: string;
  /** After this long the record reads as absent. Absent: never. */
  readonly ttl?: number;
  /** After this long the conversation is due. Absent: no deadline, an earlier one is removed. */
  readonly deadlineIn?: number;
  /** Id of the current state, for listing. */
  readonly state: string | null;
}

/**
 * What became of a commit.
 *
 * `done`: written. `already`: this same commit had been written before. `refused`: another holds the conversation now, or nobody
 * does; nothing was written, and the same commit can never succeed later.
 */
export type CommitAnswer = 'done' | 'already' | 'refused';

/** The right to write one conversation. Core renews it, retries and proves; a storage keeps no timer. */
export interface Lease {
  /** What was stored when the lease was taken. */
  readonly record: StoredText | undefined;
  /**
   * Writes and lets go, or goes on under a new token.
   *
   * Every accepted commit spends its token: the same call again answers `already` while the token `keep` holds the
   * conversation, else `refused`.
   *
   * @param next - the new record; `undefined` deletes it
   * @param options - `keep`: the token to go on under, for the length of lease that was asked for when acquiring
   */
  commit(next: Write | undefined, options?: { readonly keep?: string }): Awaitable<CommitAnswer>;
  /** Holds on for `lease` ms from now; `false` if another has the conversation. */
  renew(lease: number): Awaitable<boolean>;
  /** Lets go without writing; a stranger's release changes nothing. */
  release(): Awaitable<void>;
}

/** A {@link Lease}, or for how many ms the present holder's lease lasts. */
export type Acquired = Lease | { readonly busy: number };

/** What a storage can do; what it cannot, core does without or refuses loudly. */
export interface StorageFeatures {
  /** Whether several processes may use it at once. */
  readonly shared: boolean;
  /** Whether a late writer is refused. */
  readonly fencing: boolean;
  /** Whether it honours {@link Write.ttl}. */
  readonly ttl: boolean;
  /** Whether `due` and `settled` exist. */
  readonly deadlines: boolean;
  /** Whether `list` exists. */
  readonly list: boolean;
}

/** Which conversations to list. */
export interface ListQuery {
  /** Only keys that begin so. */
  readonly prefix?: string;
  /** Only conversations in this state. */
  readonly state?: string;
  /** At most so many. */
  readonly limit?: number;
  /** Only keys after this one, in the storage's own order: the last key of the page before. */
  readonly after?: string;
}

/** One conversation of a listing. */
export interface StoredConversation {
  readonly key: string;
  readonly stored: StoredText;
  /** Id of the current state. */
  readonly state: string | null;
}

/**
 * What an error of the driver says about the statement that failed.
 *
 * `retry`: certainly not executed, worth trying again. `fatal`: certainly not executed, and trying again would not help (full, read-only,
 * no rights). `unknown`: it may have been executed (a connection cut, a time-out).
 */
export type StorageFault = 'retry' | 'fatal' | 'unknown';

/**
 * Where conversations are kept.
 *
 * Each method is one atomic statement. A storage throws only what its driver throws; core retries, waits, renews and proves. Methods may
 * answer at once or by a promise.
 *
 * @see `storageContract` in `@telefsm/testing`, which tests any implementation
 */
export interface FsmStorage {
  readonly features: StorageFeatures;
  /** Takes and reads in one step; never waits. */
  acquire(key: string, options: AcquireOptions): Awaitable<Acquired>;
  /** Reads what was last committed, without taking the conversation; an expired record is absent. */
  peek(key: string): Awaitable<StoredText | undefined>;
  /** Sorts an error of the driver; without it every error is `unknown`. */
  classify?(error: unknown): StorageFault;
  /**
   * Hears of tokens that have been handed a conversation they waited for.
   *
   * @returns how to stop, as soon as messages are proven to arrive; rejects if they cannot
   */
  granted?(listener: (token: string) => void): Promise<() => void>;
  /**
   * Claims up to `limit` conversations whose deadline has passed: for `claim` ms no other call gets them.
   *
   * @param prefix - only keys that begin so; others are left to whoever asks for them, and however many they are, they hide none
   */
  due?(limit: number, claim: number, prefix?: string): Awaitable<readonly string[]>;
  /**
   * In how many ms `due` has something to give, for any prefix, as it stands now; `Infinity` for never.
   *
   * Perhaps too few, never too many: so only where no other process writes. Virtual clocks leave out the looks before it.
   */
  dueIn?(): number;
  /** Ends a claim: the deadline index follows the record again. */
  settled?(key: string): Awaitable<void>;
  /** Walks the conversations, for operators: no order across pages of different storages, no snapshot. */
  list?(query: ListQuery): AsyncIterable<StoredConversation>;
  /** Closes what the storage opened itself; a client that was handed in stays open. */
  close?(): Awaitable<void>;
}

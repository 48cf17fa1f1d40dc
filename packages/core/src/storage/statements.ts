/** The contract between core and a storage: a few small atomic statements over text. Everything else is core's. */

import type { Awaitable } from '../base/type-tools.ts';

/** How to acquire a conversation. */
export interface AcquireOptions {
  /** Names the attempt, `<process>.<number>`, and is never used for another one. */
  readonly token: string;
  /** How long the lease lasts from now, in ms. */
  readonly lease: number;
  /** Whether to register the token as a waiter if the conversation is busy. */
  readonly queue: boolean;
}

/**
 * Names one grant of a conversation.
 *
 * A pair is granted once and never again, so a request that names it and arrives late changes nothing.
 */
export interface LeaseHolder {
  /** The token that acquired the conversation. */
  readonly token: string;
  /** A whole number below 2^53. Each grant and each continuing commit changes it. */
  readonly fence: number;
}

/**
 * The stored text of one conversation. Times are lengths in ms, counted from the answer; never instants.
 *
 * `memoryStorage()` answers with objects whose text is made when it is read. A wrapper that copies an answer has to name the members, as in
 * `{ text: stored.text }`: a spread leaves out `text`.
 */
export interface StoredText {
  /** The record, as core wrote it. */
  readonly text: string;
  /** Until the deadline; zero or negative once it has passed. Absent without one. */
  readonly deadlineIn?: number;
}

/**
 * The content of a commit. Times are lengths in ms from the moment the storage executes it.
 *
 * Its text is made when it is read, so a spread leaves out `text`: name the members to copy it.
 */
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

/** The conversation was acquired. */
export interface Granted {
  /** The fence of this grant; the present holder gets the same one again. */
  readonly fence: number;
  /** The stored text. */
  readonly stored: StoredText | undefined;
}

/** Another attempt has the lease. */
export interface Busy {
  /** How long its lease lasts, in ms. */
  readonly busy: number;
  /** The token of the holder. */
  readonly owner: string;
  /** The fence of the holder. */
  readonly fence: number;
}

/** The answer to `acquire`. */
export type Acquired = Granted | Busy;

/**
 * The answer to a commit.
 *
 * - `done`: written.
 * - `already`: a continuing commit that was written before by an earlier copy of the same request.
 * - `rejected`: the holder no longer has the conversation. Nothing was written, and the same commit can never succeed later.
 */
export type CommitAnswer = 'done' | 'already' | 'rejected';

/** The features of a storage. Core works without a missing one, or rejects options that need it. */
export interface StorageFeatures {
  /** Whether several processes may use it at the same time. */
  readonly shared: boolean;
  /** Whether a late writer is rejected. */
  readonly fencing: boolean;
  /** Whether it honors {@link Write.ttl}. */
  readonly ttl: boolean;
  /** Whether `due` and `settled` exist. */
  readonly deadlines: boolean;
  /** Whether `list` exists. */
  readonly list: boolean;
  /** How many statements it takes at the same time, such as the size of a pool; more of them wait in core. Absent: any number. */
  readonly parallel?: number;
  /** Whether the storage fires deadlines itself, as Durable Objects do with alarms, so that no process has to poll. Default: no. */
  readonly alarms?: boolean;
}

/** The query of a listing. */
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
 * The classification of a driver's error.
 *
 * `retry`: certainly not executed, worth trying again. `fatal`: certainly not executed, and trying again would not help (full, read-only,
 * no rights). `unknown`: it may have been executed (a connection cut, a time-out).
 */
export type StorageFault = 'retry' | 'fatal' | 'unknown';

/**
 * The statements of a storage: each is atomic.
 *
 * A storage throws only what its driver throws; core retries, waits, renews and proves. Methods may return a value or a promise.
 * {@link leaseTimes} has the lengths that they share.
 */
export interface StorageStatements {
  readonly features: StorageFeatures;
  /**
   * Acquires and reads in one step; never waits.
   *
   * - The present holder (also of a lapsed lease) gets its own fence again. Its lease is not shortened.
   * - A conversation that is free, or whose lease has lapsed, gets a new fence. It is at least 2 more than the stored one, and one that no earlier
   *   grant of the same token had.
   * - Otherwise it is busy. A lease that ends later than `leaseTimes.longest` from now is shortened to `options.lease`.
   */
  acquire(key: string, options: AcquireOptions): Awaitable<Acquired>;
  /**
   * Writes, then releases the conversation or keeps it.
   *
   * @param holder - who writes; any other is rejected. A lapsed lease that nobody acquired is still good
   * @param next - the new record; `undefined` deletes it
   * @param keep - keeps the conversation for at least so many ms, and adds 1 to the fence; without it the conversation is released
   */
  commit(
    key: string,
    holder: LeaseHolder,
    next: Write | undefined,
    keep?: number,
  ): Awaitable<CommitAnswer>;
  /** Makes the lease last `lease` ms from now; `false` if the holder no longer has the conversation. */
  renew(key: string, holder: LeaseHolder, lease: number): Awaitable<boolean>;
  /** Releases without writing; does nothing unless the holder has the conversation. The first waiter gets it for `leaseTimes.handOver`. */
  release(key: string, holder: LeaseHolder): Awaitable<void>;
  /** Reads what was last committed, without acquiring the conversation; an expired record is absent. */
  peek(key: string): Awaitable<StoredText | undefined>;
  /** Sorts an error of the driver; without it every error is `unknown`. */
  classify?(error: unknown): StorageFault;
  /**
   * Notifies of conversations that were handed over to waiters.
   *
   * @param listener - gets the waiter's token, and the fence that it was granted
   * @returns how to stop, as soon as messages are proven to arrive; rejects if they cannot
   */
  granted?(listener: (token: string, fence: number) => void): Promise<() => void>;
  /**
   * Claims up to `limit` conversations whose deadline has passed: for `claim` ms no other call gets them.
   *
   * @param prefix - only keys that begin so; other keys are left for their own machine, and never keep matching keys from being returned
   */
  due?(limit: number, claim: number, prefix?: string): Awaitable<readonly string[]>;
  /**
   * In how many ms `due` has something to give, for any prefix; `Infinity` for never. Perhaps too few, never too many.
   *
   * Only for storages that one process writes: it then sleeps until the next deadline, and does not look every second.
   */
  nextDueIn?(): number;
  /** Ends a claim: the deadline index follows the record again. */
  settled?(key: string): Awaitable<void>;
  /** Walks the conversations, for operators: no order across pages of different storages, no snapshot. */
  list?(query: ListQuery): AsyncIterable<StoredConversation>;
  /** Closes what the storage opened itself; a client that was handed in stays open. */
  close?(): Awaitable<void>;
}

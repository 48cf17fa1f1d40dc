/** Conversations kept in the memory of this process: everything a storage can do, and no promise in the way. */

import type { Clock } from './clock.ts';
import { systemClock } from './clock.ts';
import { deadlineIndex } from './deadline-index.ts';
import { FsmError } from './errors.ts';
import type {
  AcquireOptions,
  CommitAnswer,
  FsmStorage,
  Lease,
  ListQuery,
  StoredConversation,
  StoredText,
  Write,
} from './storage.ts';

/** What {@link memoryStorage} can be told. */
export interface MemoryStorageOptions {
  /**
   * The most conversations to keep; without it there is no bound.
   *
   * Beyond it the conversation that was written longest ago is forgotten: never one that is held, and one with a deadline only if
   * the hundred oldest all have one.
   */
  readonly maxEntries?: number;
  /** What tells the time; a virtual one in tests. */
  readonly clock?: Clock;
}

/** The {@link Lease} of a {@link MemoryStorage}. */
export interface MemoryLease extends Lease {
  commit(next: Write | undefined, options?: { readonly keep?: string }): CommitAnswer;
  renew(lease: number): boolean;
  release(): void;
}

/** A storage that answers at once: no method of a conversation returns a promise. */
export interface MemoryStorage extends FsmStorage {
  acquire(key: string, options: AcquireOptions): MemoryLease | { readonly busy: number };
  peek(key: string): StoredText | undefined;
  granted(listener: (token: string) => void): Promise<() => void>;
  due(limit: number, claim: number): readonly string[];
  settled(key: string): void;
  list(query: ListQuery): AsyncIterable<StoredConversation>;
}

/** How long a conversation is kept for a waiter that it was handed to, in ms. */
const grantedFor = 2000;
/** How long a lapsed lease without a record is remembered, in ms; its holder may commit until then. */
const lapsedFor = 86_400_000;
/** How many of the oldest conversations are looked at to find one to forget. */
const evictionLook = 100;

/** One conversation. An entry that is in no map any more has no owner, so that a late lease over it is refused. */
interface Entry {
  readonly key: string;
  /** Core's own object; its text is made only if somebody reads it. */
  write: Write | undefined;
  owner: string | undefined;
  until: number;
  expiresAt: number;
  deadlineAt: number;
  /** When the deadline index looks at it: never later than the deadline, but perhaps earlier. */
  wakeAt: number;
  waiters: string[] | undefined;
}

/**
 * Keeps conversations in this process; they are lost when it ends.
 *
 * Two machines of one process may share it. Nothing is kept for a conversation without a record, no timer is set, and each call does
 * a bounded amount of work.
 *
 * @throws FsmError `INVALID_OPTION` when `maxEntries` is no whole number from 1
 *
 * @example
 * ```ts
 * import { memoryStorage } from '@telefsm/core';
 *
 * const storage = memoryStorage({ maxEntries: 100_000 });
 * ```
 */
export function memoryStorage(options: MemoryStorageOptions = {}): MemoryStorage {
  const { clock = systemClock, maxEntries = Number.POSITIVE_INFINITY } = options;
  if (maxEntries < 1 || (options.maxEntries !== undefined && !Number.isInteger(maxEntries))) {
    throw new FsmError('INVALID_OPTION', {
      option: 'maxEntries',
      expected: 'a whole number from 1',
      found: String(maxEntries),
    });
  }

  const entries = new Map<string, Entry>();
  const listeners = new Set<(token: string) => void>();
  const deadlines = deadlineIndex(entries);
  let broom = entries.values();

  function leaseOf(
    entry: Entry,
    first: string,
    length: number,
    record: StoredText | undefined,
  ): MemoryLease {
    let token = first;
    return {
      record,
      commit(next, { keep } = {}): CommitAnswer {
        // A repeated call: this lease went on under `keep` already.
        if (keep === token) return entry.owner === token ? 'already' : 'refused';
        if (entry.owner !== token) {
          if (keep === undefined || entry.owner !== keep) return 'refused';
          token = keep;
          return 'already';
        }
        const now = clock.now();
        write(entry, next, now);
        if (keep === undefined) {
          letGo(entry, now);
        } else {
          token = keep;
          entry.owner = keep;
          entry.until = now + length;
        }
        if (entries.size > maxEntries) evict(entry, now);
        return 'done';
      },
      renew(ms) {
        if (entry.owner !== token) return false;
        entry.until = clock.now() + ms;
        return true;
      },
      release() {
        if (entry.owner === token) letGo(entry, clock.now());
      },
    };
  }

  function write(entry: Entry, next: Write | undefined, now: number): void {
    entry.write = next;
    entry.expiresAt = next?.ttl === undefined ? Number.POSITIVE_INFINITY : now + next.ttl;
    entry.deadlineAt =
      next?.deadlineIn === undefined ? Number.POSITIVE_INFINITY : now + next.deadlineIn;
    if (entry.deadlineAt < entry.wakeAt) deadlines.put(entry, entry.deadlineAt);
    if (maxEntries === Number.POSITIVE_INFINITY) return;
    // The map's order is the order of writing.
    entries.delete(entry.key);
    entries.set(entry.key, entry);
  }

  function letGo(entry: Entry, now: number): void {
    const next = listeners.size === 0 ? undefined : entry.waiters?.shift();
    if (entry.waiters?.length === 0) entry.waiters = undefined;
    entry.owner = next;
    if (next === undefined) {
      if (live(entry, now) === undefined) entries.delete(entry.key);
      return;
    }
    entry.until = now + grantedFor;
    queueMicrotask(() => {
      for (const listener of [...listeners]) listener(next);
    });
  }

  /** Looks at two entries for each new one, so that the map cannot grow past what has expired. */
  function sweep(now: number): void {
    for (let looks = 0; looks < 2; looks++) {
      const { value: entry, done } = broom.next();
      if (done) {
        broom = entries.values();
        return;
      }
      const idle = entry.owner === undefined || entry.until + lapsedFor <= now;
      if (idle && live(entry, now) === undefined) forget(entry);
    }
  }

  function evict(spared: Entry, now: number): void {
    let looks = evictionLook;
    let withDeadline: Entry | undefined;
    for (const entry of entries.values()) {
      if (looks-- === 0) break;
      if (entry === spared || (entry.owner !== undefined && entry.until > now)) continue;
      if (entry.deadlineAt === Number.POSITIVE_INFINITY) {
        forget(entry);
        return;
      }
      withDeadline ??= entry;
    }
    if (withDeadline !== undefined) forget(withDeadline);
  }

  function forget(entry: Entry): void {
    entry.owner = undefined;
    entries.delete(entry.key);
  }

  return {
    features: { shared: false, fencing: true, ttl: true, deadlines: true, list: true },

    acquire(key, { token, lease, queue, offset = 0 }) {
      const now = clock.now() + offset;
      let entry = entries.get(key);
      if (entry === undefined) {
        sweep(now);
        entry = emptyEntry(key);
        entries.set(key, entry);
      } else if (entry.owner !== undefined && entry.owner !== token && entry.until > now) {
        if (queue && listeners.size > 0 && !entry.waiters?.includes(token)) {
          entry.waiters ??= [];
          entry.waiters.push(token);
        }
        return { busy: entry.until - now };
      } else if (entry.waiters !== undefined) {
        entry.waiters = entry.waiters.filter((waiter) => waiter !== token);
      }
      entry.owner = token;
      entry.until = now + lease;
      return leaseOf(entry, token, lease, stored(entry, now));
    },

    peek(key) {
      const entry = entries.get(key);
      return entry && stored(entry, clock.now());
    },

    async granted(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },

    due: (limit, claim) => deadlines.claim(limit, claim, clock.now()),

    settled(key) {
      const entry = entries.get(key);
      if (entry) deadlines.put(entry, entry.deadlineAt);
    },

    async *list({ prefix = '', state, limit = Number.POSITIVE_INFINITY, after }) {
      const keys = [...entries.keys()].filter(
        (key) => key.startsWith(prefix) && (after === undefined || key > after),
      );
      let left = limit;
      for (const key of keys.sort()) {
        if (left <= 0) return;
        const entry = entries.get(key);
        const now = clock.now();
        const found = entry && stored(entry, now);
        const at = entry?.write?.state ?? null;
        if (!found || (state !== undefined && at !== state)) continue;
        left--;
        yield { key, stored: found, state: at };
      }
    },
  };
}

function emptyEntry(key: string): Entry {
  const never = Number.POSITIVE_INFINITY;
  return {
    key,
    write: undefined,
    owner: undefined,
    until: 0,
    expiresAt: never,
    deadlineAt: never,
    wakeAt: never,
    waiters: undefined,
  };
}

function live(entry: Entry, now: number): Write | undefined {
  return entry.expiresAt > now ? entry.write : undefined;
}

/** What was written, as the very object that core handed in: it knows it again and need not decode its text. */
function stored(entry: Entry, now: number): StoredText | undefined {
  const write = live(entry, now);
  if (write === undefined || write.deadlineIn === undefined) return write;
  return {
    get text() {
      return write.text;
    },
    deadlineIn: entry.deadlineAt - now,
  };
}

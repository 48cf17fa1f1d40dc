/** Conversations kept in the memory of this process: everything a storage can do, and no promise in the way. */

import type { Clock } from '../base/clock.ts';
import { systemClock } from '../base/clock.ts';
import { FsmError } from '../base/errors.ts';
import { deadlineIndex, type Waking } from './deadline-index.ts';
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
  due(limit: number, claim: number, prefix?: string): readonly string[];
  settled(key: string): void;
  list(query: ListQuery): AsyncIterable<StoredConversation>;
}

/** How long a conversation is kept for a waiter that it was handed to, in ms. */
const grantedFor = 2000;
/** How long a lapsed lease without a record is remembered, in ms; its holder may commit until then. */
const lapsedFor = 86_400_000;
/** How many of the oldest conversations are looked at to find one to forget. */
const evictionLook = 100;

/** One conversation: as little as can be, since there may be a million that wait for their users. */
interface Entry {
  readonly key: string;
  /** Core's own object; its text is made only if somebody reads it. */
  write: Write | undefined;
  /** Who has it; an entry that is in no map any more has none, so that a late lease over it is refused. */
  holder: Holder | undefined;
  times: Times | undefined;
}

/** Who has a conversation. */
interface Holder {
  token: string;
  until: number;
  waiters: string[] | undefined;
}

/** When something happens to a conversation; most have neither a deadline nor an end. */
interface Times extends Waking {
  expiresAt: number;
  deadlineAt: number;
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
  const times = new Map<string, Times>();
  const listeners = new Set<(token: string) => void>();
  const deadlines = deadlineIndex(times);
  let broom = entries.values();

  const space: Space = {
    clock,
    write(entry, next) {
      entry.write = next;
      setTimes(entry, next);
      if (maxEntries === Number.POSITIVE_INFINITY) return;
      // The map's order is the order of writing.
      entries.delete(entry.key);
      entries.set(entry.key, entry);
    },
    evict(spared) {
      if (entries.size > maxEntries) evict(spared, clock.now());
    },
    letGo(entry) {
      const waiters = entry.holder?.waiters;
      const next = listeners.size === 0 ? undefined : waiters?.shift();
      if (next === undefined) {
        entry.holder = undefined;
        // most have no end, and need not ask for the time
        const kept = entry.times === undefined ? entry.write : live(entry, clock.now());
        if (kept === undefined) forget(entry);
        return;
      }
      entry.holder = { token: next, until: clock.now() + grantedFor, waiters };
      queueMicrotask(() => {
        for (const listener of [...listeners]) listener(next);
      });
    },
  };

  function setTimes(entry: Entry, next: Write | undefined): void {
    const { ttl, deadlineIn } = next ?? {};
    if (ttl === undefined && deadlineIn === undefined) {
      if (entry.times !== undefined) times.delete(entry.key);
      entry.times = undefined;
      return;
    }
    const now = clock.now();
    const never = Number.POSITIVE_INFINITY;
    entry.times ??= { key: entry.key, expiresAt: never, deadlineAt: never, wakeAt: never };
    entry.times.expiresAt = ttl === undefined ? never : now + ttl;
    entry.times.deadlineAt = deadlineIn === undefined ? never : now + deadlineIn;
    if (entry.times.deadlineAt < entry.times.wakeAt) {
      times.set(entry.key, entry.times);
      deadlines.put(entry.times, entry.times.deadlineAt);
    }
  }

  /** Looks at two entries for each new one, so that the map cannot grow past what has expired. */
  function sweep(now: number): void {
    for (let looks = 0; looks < 2; looks++) {
      const { value: entry, done } = broom.next();
      if (done) {
        broom = entries.values();
        return;
      }
      const idle = entry.holder === undefined || entry.holder.until + lapsedFor <= now;
      if (idle && live(entry, now) === undefined) forget(entry);
    }
  }

  function evict(spared: Entry, now: number): void {
    let looks = evictionLook;
    let withDeadline: Entry | undefined;
    for (const entry of entries.values()) {
      if (looks-- === 0) break;
      if (entry === spared || isHeld(entry, now)) continue;
      if (entry.times === undefined || entry.times.deadlineAt === Number.POSITIVE_INFINITY) {
        forget(entry);
        return;
      }
      withDeadline ??= entry;
    }
    if (withDeadline !== undefined) forget(withDeadline);
  }

  function forget(entry: Entry): void {
    entry.holder = undefined;
    entries.delete(entry.key);
    if (entry.times !== undefined) times.delete(entry.key);
  }

  return {
    features: { shared: false, fencing: true, ttl: true, deadlines: true, list: true },

    acquire(key, { token, lease, queue, offset = 0 }) {
      const now = clock.now() + offset;
      let entry = entries.get(key);
      let waiters: string[] | undefined;
      if (entry === undefined) {
        sweep(now);
        entry = { key, write: undefined, holder: undefined, times: undefined };
        entries.set(key, entry);
      } else if (entry.holder !== undefined) {
        const { holder } = entry;
        if (holder.token !== token && holder.until > now) {
          if (queue && listeners.size > 0 && !holder.waiters?.includes(token)) {
            holder.waiters ??= [];
            holder.waiters.push(token);
          }
          return { busy: holder.until - now };
        }
        waiters = holder.waiters?.filter((waiter) => waiter !== token);
      }
      entry.holder = { token, until: now + lease, waiters };
      return new EntryLease(space, entry, token, lease, stored(entry, now));
    },

    peek(key) {
      const entry = entries.get(key);
      return entry && stored(entry, clock.now());
    },

    async granted(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },

    due: (limit, claim, prefix) => deadlines.claim(limit, claim, clock.now(), prefix),

    settled(key) {
      const known = times.get(key);
      if (known) deadlines.put(known, known.deadlineAt);
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

/** What a lease may do to its entry. */
interface Space {
  readonly clock: Clock;
  write(entry: Entry, next: Write | undefined): void;
  letGo(entry: Entry): void;
  /** Forgets one of the oldest if there are too many. */
  evict(spared: Entry): void;
}

/** A class, since one is made for every update: its methods stand on the prototype. */
class EntryLease implements MemoryLease {
  readonly record: StoredText | undefined;
  readonly #space: Space;
  readonly #entry: Entry;
  readonly #length: number;
  #token: string;

  constructor(
    space: Space,
    entry: Entry,
    token: string,
    length: number,
    record: StoredText | undefined,
  ) {
    this.record = record;
    this.#space = space;
    this.#entry = entry;
    this.#token = token;
    this.#length = length;
  }

  commit(next: Write | undefined, options?: { readonly keep?: string }): CommitAnswer {
    const keep = options?.keep;
    const holder = this.#entry.holder;
    // A repeated call: this lease went on under `keep` already.
    if (keep === this.#token) return holder?.token === keep ? 'already' : 'refused';
    if (holder === undefined || holder.token !== this.#token) {
      if (keep === undefined || holder?.token !== keep) return 'refused';
      this.#token = keep;
      return 'already';
    }
    if (keep !== undefined) {
      this.#token = keep;
      holder.token = keep;
      holder.until = this.#space.clock.now() + this.#length;
    }
    this.#space.write(this.#entry, next);
    if (keep === undefined) this.#space.letGo(this.#entry);
    this.#space.evict(this.#entry);
    return 'done';
  }

  renew(ms: number): boolean {
    const { holder } = this.#entry;
    if (holder?.token !== this.#token) return false;
    holder.until = this.#space.clock.now() + ms;
    return true;
  }

  release(): void {
    if (this.#entry.holder?.token !== this.#token) return;
    this.#space.letGo(this.#entry);
  }
}

function isHeld({ holder }: Entry, now: number): boolean {
  return holder !== undefined && holder.until > now;
}

function live({ write, times }: Entry, now: number): Write | undefined {
  return times === undefined || times.expiresAt > now ? write : undefined;
}

/** What was written, as the very object that core handed in: it knows it again and need not decode its text. */
function stored(entry: Entry, now: number): StoredText | undefined {
  const write = live(entry, now);
  if (write === undefined || write.deadlineIn === undefined) return write;
  const { deadlineAt } = entry.times as Times;
  return {
    get text() {
      return write.text;
    },
    deadlineIn: deadlineAt - now,
  };
}

/** Conversations kept in the memory of this process: everything a storage can do, and no promise in the way. */

import type { Clock } from '../base/clock.ts';
import { systemClock } from '../base/clock.ts';
import { invalidOption } from '../base/rules.ts';
import { shown } from '../base/shown.ts';
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

/** What `memoryStorage` can be told. */
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

/** The {@link Lease} of a `MemoryStorage`. */
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
  dueIn(): number;
  settled(key: string): void;
  list(query: ListQuery): AsyncIterable<StoredConversation>;
}

/** How long a conversation is kept for a waiter that it was handed to, in ms. */
const grantedFor = 2000;
/** How long a lapsed lease over an expired record is remembered, in ms; its holder may commit until then. */
const lapsedFor = 86_400_000;
/** How many of the oldest conversations are looked at to find one to forget. */
const evictionLook = 100;

/**
 * What is known of a conversation: while somebody has it, its holding; else what was written, and nothing around it, since there may be a
 * million that wait for their users.
 */
type Entry = Write | Holding;

/** A conversation that somebody has. A class, since one is made for every update, and tells itself from a write. */
class Holding {
  readonly key: string;
  /** Core's own object; its text is made only if somebody reads it. */
  write: Write | undefined;
  /** Who has it; nobody once it is over, so that a late lease is refused. */
  token: string | undefined;
  until: number;
  waiters: string[] | undefined;

  constructor(key: string, write: Write | undefined, token: string, until: number) {
    this.key = key;
    this.write = write;
    this.token = token;
    this.until = until;
    this.waiters = undefined;
  }
}

/** When something happens to a conversation; none is kept for those without a deadline and an end, which are most. */
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
    throw invalidOption('maxEntries', 'a whole number from 1', shown(maxEntries));
  }

  const entries = new Map<string, Entry>();
  const times = new Map<string, Times>();
  const listeners = new Set<(token: string) => void>();
  const deadlines = deadlineIndex(times);
  /** Not over all conversations: an iterator that rests keeps every entry of a map that has shrunk since. */
  let broom = times.values();

  const space: Space = {
    clock,
    write(holding, next) {
      const { key } = holding;
      holding.write = next;
      setTimes(key, next);
      if (maxEntries === Number.POSITIVE_INFINITY) return;
      // The map's order is the order of writing.
      entries.delete(key);
      entries.set(key, holding);
    },
    evict(spared) {
      if (entries.size > maxEntries) evict(spared, clock.now());
    },
    letGo(holding) {
      const { key, waiters } = holding;
      const next = listeners.size === 0 ? undefined : waiters?.shift();
      holding.token = next;
      if (next === undefined) {
        const kept = live(key, holding.write);
        if (kept === undefined) forget(key);
        else entries.set(key, kept);
        return;
      }
      holding.until = clock.now() + grantedFor;
      queueMicrotask(() => {
        for (const listener of [...listeners]) listener(next);
      });
    },
  };

  function setTimes(key: string, next: Write | undefined): void {
    const { ttl, deadlineIn } = next ?? {};
    if (ttl === undefined && deadlineIn === undefined) {
      if (times.size > 0) times.delete(key);
      return;
    }
    const now = clock.now();
    const never = Number.POSITIVE_INFINITY;
    const known = times.get(key) ?? { key, expiresAt: never, deadlineAt: never, wakeAt: never };
    times.set(key, known);
    known.expiresAt = ttl === undefined ? never : now + ttl;
    known.deadlineAt = deadlineIn === undefined ? never : now + deadlineIn;
    if (known.deadlineAt < known.wakeAt) deadlines.put(known, known.deadlineAt);
  }

  /** What was written, unless its time is over; most have no end, and need not ask for the time. */
  function live(key: string, write: Write | undefined, offset = 0): Write | undefined {
    if (write?.ttl === undefined) return write;
    const { expiresAt } = times.get(key) as Times;
    return expiresAt > clock.now() + offset ? write : undefined;
  }

  /** What was written, as the very object that core handed in: it knows it again and need not decode its text. */
  function stored(key: string, write: Write | undefined, offset = 0): StoredText | undefined {
    const kept = live(key, write, offset);
    if (kept === undefined || kept.deadlineIn === undefined) return kept;
    const { deadlineAt } = times.get(key) as Times;
    return {
      get text() {
        return kept.text;
      },
      deadlineIn: deadlineAt - clock.now() - offset,
    };
  }

  /** Looks at two conversations that end for each new one, so that the map cannot grow past what has expired. */
  function sweep(now: number): void {
    for (let looks = 0; looks < 2 && times.size > 0; looks++) {
      const { value, done } = broom.next();
      if (done) {
        broom = times.values();
        return;
      }
      const { key, expiresAt } = value;
      const entry = entries.get(key);
      const isHeld = entry instanceof Holding && entry.until + lapsedFor > now;
      if (!isHeld && expiresAt <= now) forget(key);
    }
  }

  function evict(spared: Holding, now: number): void {
    let looks = evictionLook;
    let withDeadline: string | undefined;
    for (const [key, entry] of entries) {
      if (looks-- === 0) break;
      if (key === spared.key || (entry instanceof Holding && entry.until > now)) continue;
      if (writeIn(entry)?.deadlineIn === undefined) {
        forget(key);
        return;
      }
      withDeadline ??= key;
    }
    if (withDeadline !== undefined) forget(withDeadline);
  }

  function forget(key: string): void {
    const entry = entries.get(key);
    if (entry instanceof Holding) entry.token = undefined;
    entries.delete(key);
    if (times.size > 0) times.delete(key);
  }

  return {
    features: { shared: false, fencing: true, ttl: true, deadlines: true, list: true },

    acquire(key, { token, lease, queue, offset = 0 }) {
      const now = clock.now() + offset;
      const entry = entries.get(key);
      if (entry === undefined) sweep(now);
      let holding: Holding;
      if (entry instanceof Holding) {
        holding = entry;
        const { waiters } = holding;
        if (holding.token !== token && holding.until > now) {
          if (queue && listeners.size > 0 && !waiters?.includes(token)) {
            if (waiters === undefined) holding.waiters = [token];
            else waiters.push(token);
          }
          return { busy: holding.until - now };
        }
        holding.token = token;
        holding.until = now + lease;
        holding.waiters = waiters?.filter((waiter) => waiter !== token);
      } else {
        holding = new Holding(key, entry, token, now + lease);
        entries.set(key, holding);
      }
      return new HoldingLease(space, holding, token, lease, stored(key, holding.write, offset));
    },

    peek: (key) => stored(key, writeIn(entries.get(key))),

    async granted(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },

    due: (limit, claim, prefix) => deadlines.claim(limit, claim, clock.now(), prefix),

    dueIn: () => deadlines.nextAt() - clock.now(),

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
        const write = writeIn(entries.get(key));
        const found = stored(key, write);
        const at = write?.state ?? null;
        if (!found || (state !== undefined && at !== state)) continue;
        left--;
        yield { key, stored: found, state: at };
      }
    },
  };
}

/** What a lease may do to its conversation. */
interface Space {
  readonly clock: Clock;
  write(holding: Holding, next: Write | undefined): void;
  letGo(holding: Holding): void;
  /** Forgets one of the oldest if there are too many. */
  evict(spared: Holding): void;
}

/** A class, since one is made for every update: its methods stand on the prototype. */
class HoldingLease implements MemoryLease {
  readonly record: StoredText | undefined;
  readonly #space: Space;
  readonly #holding: Holding;
  readonly #length: number;
  #token: string;

  constructor(
    space: Space,
    holding: Holding,
    token: string,
    length: number,
    record: StoredText | undefined,
  ) {
    this.record = record;
    this.#space = space;
    this.#holding = holding;
    this.#token = token;
    this.#length = length;
  }

  commit(next: Write | undefined, options?: { readonly keep?: string }): CommitAnswer {
    const keep = options?.keep;
    const holding = this.#holding;
    // A repeated call: this lease went on under `keep` already.
    if (keep === this.#token) return holding.token === keep ? 'already' : 'refused';
    if (holding.token !== this.#token) {
      if (keep === undefined || holding.token !== keep) return 'refused';
      this.#token = keep;
      return 'already';
    }
    if (keep !== undefined) {
      this.#token = keep;
      holding.token = keep;
      holding.until = this.#space.clock.now() + this.#length;
    }
    this.#space.write(holding, next);
    if (keep === undefined) this.#space.letGo(holding);
    this.#space.evict(holding);
    return 'done';
  }

  renew(ms: number): boolean {
    const holding = this.#holding;
    if (holding.token !== this.#token) return false;
    holding.until = this.#space.clock.now() + ms;
    return true;
  }

  release(): void {
    if (this.#holding.token === this.#token) this.#space.letGo(this.#holding);
  }
}

function writeIn(entry: Entry | undefined): Write | undefined {
  return entry instanceof Holding ? entry.write : entry;
}

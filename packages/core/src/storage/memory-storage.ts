/** A storage in the memory of this process. It supports every feature and answers synchronously. */

import type { Clock } from '../base/clock.ts';
import { systemClock } from '../base/clock.ts';
import { checkOptionNames, invalidOption } from '../base/rules.ts';
import { shown } from '../base/shown.ts';
import type { DeadlineIndex, Waking } from './deadline-index.ts';
import type {
  Acquired,
  AcquireOptions,
  CommitAnswer,
  LeaseHolder,
  ListQuery,
  StorageStatements,
  StoredConversation,
  StoredText,
  Write,
} from './statements.ts';
import { leaseTimes } from './times.ts';

/** Options of `memoryStorage`. */
export interface MemoryStorageOptions {
  /**
   * The maximum number of conversations. Default: unlimited.
   *
   * Beyond it the conversation that was written longest ago is forgotten: never one that is leased, and one with a deadline only if
   * the hundred oldest all have one.
   */
  readonly maxEntries?: number;
  /** The clock; a virtual one in tests. */
  readonly clock?: Clock;
}

/** A storage that answers synchronously: no method of a conversation returns a promise. */
export interface MemoryStorage extends StorageStatements {
  acquire(key: string, options: AcquireOptions): Acquired;
  commit(key: string, holder: LeaseHolder, next: Write | undefined, keep?: number): CommitAnswer;
  renew(key: string, holder: LeaseHolder, lease: number): boolean;
  release(key: string, holder: LeaseHolder): void;
  peek(key: string): StoredText | undefined;
  due(limit: number, claim: number, prefix?: string): Promise<readonly string[]>;
  nextDueIn(): number;
  settled(key: string): void;
  list(query: ListQuery): AsyncIterable<StoredConversation>;
}

/** How many of the oldest conversations are searched for one to delete. */
const evictionLook = 100;

/**
 * A conversation: its holding while a turn has it, else only what was written, without anything around it. There may be a
 * million that wait for their users.
 */
type Entry = Write | MemoryLease;

/** A conversation that a turn has. A class, since one is made for every update, and it is distinguished from a write by it. */
class MemoryLease implements LeaseHolder {
  readonly key: string;
  /** Core's own object; its text is made only if somebody reads it. */
  write: Write | undefined;
  token: string;
  fence: number;
  /** When the lease lapses, by the monotonic clock. */
  until: number;

  constructor(key: string, write: Write | undefined, token: string, fence: number, until: number) {
    this.key = key;
    this.write = write;
    this.token = token;
    this.fence = fence;
    this.until = until;
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
 * @throws FsmError `INVALID_OPTION` when `maxEntries` is no whole number from 1, or an option does not exist
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
  checkOptionNames(options, 'clock', 'maxEntries');
  if (maxEntries < 1 || (options.maxEntries !== undefined && !Number.isInteger(maxEntries))) {
    throw invalidOption('maxEntries', 'a whole number from 1', shown(maxEntries));
  }

  const entries = new Map<string, Entry>();
  const times = new Map<string, Times>();
  /** Counts grants; nothing is forgotten with a conversation, so no pair of token and fence repeats. */
  let fences = 0;
  /** Made when somebody first looks for deadlines: other bots do without it. */
  let deadlines: DeadlineIndex | undefined;
  /** Not over all conversations: an idle iterator retains deleted entries. */
  let broom = times.values();

  function leasedBy(key: string, { token, fence }: LeaseHolder): MemoryLease | undefined {
    const entry = entries.get(key);
    const isHeld = entry instanceof MemoryLease && entry.token === token && entry.fence === fence;
    return isHeld ? entry : undefined;
  }

  function hasGoneOn(key: string, { token, fence }: LeaseHolder): boolean {
    return leasedBy(key, { token, fence: fence + 1 }) !== undefined;
  }

  function release({ key, write }: MemoryLease): void {
    const kept = live(key, write);
    if (kept === undefined) forget(key);
    else entries.set(key, kept);
  }

  function setTimes(key: string, next: Write | undefined): void {
    const { ttl, deadlineIn } = next ?? {};
    if (ttl === undefined && deadlineIn === undefined) return void times.delete(key);
    const now = clock.now();
    const never = Number.POSITIVE_INFINITY;
    const known = times.get(key) ?? { key, expiresAt: never, deadlineAt: never, wakeAt: never };
    times.set(key, known);
    known.expiresAt = ttl === undefined ? never : now + ttl;
    known.deadlineAt = deadlineIn === undefined ? never : now + deadlineIn;
    if (known.deadlineAt < known.wakeAt) deadlines?.put(known, known.deadlineAt);
  }

  /** The written record, unless it has expired. Most records never expire, and need not read the clock. */
  function live(key: string, write: Write | undefined): Write | undefined {
    if (write?.ttl === undefined) return write;
    const { expiresAt } = times.get(key) as Times;
    return expiresAt > clock.now() ? write : undefined;
  }

  /**
   * The written record, as the same object that core passed: core recognizes it and need not decode its text. With a deadline it is another
   * object, since time has passed, and core reads its text immediately.
   */
  function stored(key: string, write: Write | undefined): StoredText | undefined {
    if (write?.ttl === undefined && write?.deadlineIn === undefined) return write;
    const kept = live(key, write);
    if (kept?.deadlineIn === undefined) return kept;
    const { deadlineAt } = times.get(key) as Times;
    return { text: kept.text, deadlineIn: deadlineAt - clock.now() };
  }

  /** Looks at two conversations that end for each new one, so that the map cannot grow past what has expired. */
  function sweep(): void {
    const now = clock.now();
    for (let looks = 0; looks < 2 && times.size > 0; looks++) {
      const { value, done } = broom.next();
      if (done) {
        broom = times.values();
        return;
      }
      const { key, expiresAt } = value;
      const entry = entries.get(key);
      const isHeld =
        entry instanceof MemoryLease && entry.until + leaseTimes.emptyRow > clock.monotonic();
      if (!isHeld && expiresAt <= now) forget(key);
    }
  }

  function evict(spared: MemoryLease): void {
    const now = clock.monotonic();
    let looks = evictionLook;
    let withDeadline: string | undefined;
    for (const [key, entry] of entries) {
      if (looks-- === 0) break;
      if (key === spared.key || (entry instanceof MemoryLease && entry.until > now)) continue;
      if (writeIn(entry)?.deadlineIn === undefined) {
        forget(key);
        return;
      }
      withDeadline ??= key;
    }
    if (withDeadline !== undefined) forget(withDeadline);
  }

  function forget(key: string): void {
    entries.delete(key);
    times.delete(key);
  }

  return {
    features: { shared: false, fencing: true, ttl: true, deadlines: true, list: true },

    acquire(key, { token, lease }) {
      const now = clock.monotonic();
      const entry = entries.get(key);
      if (entry === undefined) sweep();
      const until = now + lease;
      if (!(entry instanceof MemoryLease)) {
        fences += 2;
        entries.set(key, new MemoryLease(key, entry, token, fences, until));
        return { fence: fences, stored: stored(key, entry) };
      }
      if (entry.token === token) entry.until = Math.max(entry.until, until);
      else if (entry.until > now) {
        return { busy: entry.until - now, owner: entry.token, fence: entry.fence };
      } else {
        fences = Math.max(fences, entry.fence) + 2;
        entry.token = token;
        entry.fence = fences;
        entry.until = until;
      }
      return { fence: entry.fence, stored: stored(key, entry.write) };
    },

    commit(key, holder, next, keep) {
      const holding = leasedBy(key, holder);
      if (holding === undefined) {
        return keep !== undefined && hasGoneOn(key, holder) ? 'already' : 'rejected';
      }
      holding.write = next;
      // most conversations have no times
      if (times.size > 0 || next?.ttl !== undefined || next?.deadlineIn !== undefined) {
        setTimes(key, next);
      }
      if (maxEntries !== Number.POSITIVE_INFINITY) {
        // the map's order is the order of writing
        entries.delete(key);
        entries.set(key, holding);
      }
      if (keep !== undefined) {
        holding.fence++;
        holding.until = Math.max(holding.until, clock.monotonic() + keep);
      } else if (next === undefined) forget(key);
      else entries.set(key, next);
      if (entries.size > maxEntries) evict(holding);
      return 'done';
    },

    renew(key, holder, lease) {
      const holding = leasedBy(key, holder);
      if (holding === undefined) return false;
      holding.until = clock.monotonic() + lease;
      return true;
    },

    release(key, holder) {
      const holding = leasedBy(key, holder);
      if (holding !== undefined) release(holding);
    },

    peek: (key) => stored(key, writeIn(entries.get(key))),

    async due(limit, claim, prefix) {
      const { deadlineIndex } = await import('./deadline-index.ts');
      deadlines ??= deadlineIndex(times);
      return deadlines.claim(limit, claim, clock.now(), prefix);
    },

    nextDueIn: () => (deadlines === undefined ? 0 : deadlines.nextAt() - clock.now()),

    settled(key) {
      const known = times.get(key);
      if (known) deadlines?.put(known, known.deadlineAt);
    },

    async *list(query) {
      const { listed } = await import('./memory-list.ts');
      yield* listed(entries.keys(), (key) => writeIn(entries.get(key)), stored, query);
    },
  };
}

function writeIn(entry: Entry | undefined): Write | undefined {
  return entry instanceof MemoryLease ? entry.write : entry;
}

/** A storage as the simple store that session middleware takes. */

import { type Clock, systemClock } from '../base/clock.ts';
import type { FsmStorage, Write } from '../storage/storage.ts';
import type { Hold } from '../unit/hold.ts';
import { holderOf } from '../unit/holder.ts';
import { newToken } from '../unit/storage-calls.ts';

/** A store of JSON values under keys. */
export interface SessionValues<T> {
  get(key: string): Promise<T | undefined>;
  set(key: string, value: T): Promise<void>;
  delete(key: string): Promise<void>;
}

/** What {@link sessionValues} can be told. */
export interface SessionValuesOptions {
  /** Stands before every key, so that sessions and conversations can share a storage. Default `"session:"`. */
  readonly prefix?: string;
  /** What tells the time; a virtual one in tests. */
  readonly clock?: Clock;
}

/** A write that waits for another of its key. */
interface Waiting {
  next: Write | undefined;
  readonly written: Promise<void>;
}

/** Ms that one write may wait for another of the same key. */
const waitBound = 10_000;
const lease = 15_000;

/**
 * Keeps sessions where conversations are kept.
 *
 * Session middleware reads and writes apart, so two updates of one session can still overwrite each other: that is how sessions are, and
 * what `ctx.state` is for.
 */
export function sessionValues<T>(
  storage: FsmStorage,
  { prefix = 'session:', clock = systemClock }: SessionValuesOptions = {},
): SessionValues<T> {
  const holder = holderOf({ storage, clock, lease, longest: lease, report: () => {} });

  const writing = new Map<string, Promise<void>>();
  const waiting = new Map<string, Waiting>();

  async function send(key: string, next: Write | undefined): Promise<void> {
    const hold = (await holder.take(prefix + key, waitBound)) as Hold;
    await hold.commit(next, newToken(), false);
  }

  function begin(key: string, next: Write | undefined): Promise<void> {
    const written = send(key, next).finally(() => {
      if (writing.get(key) === written) writing.delete(key);
    });
    writing.set(key, written);
    return written;
  }

  /** One write of a key at a time; of those that wait meanwhile only the last one is sent, and all share its outcome. */
  function write(key: string, next: Write | undefined): Promise<void> {
    const overtaken = waiting.get(key);
    if (overtaken !== undefined) {
      overtaken.next = next;
      return overtaken.written;
    }
    const before = writing.get(key);
    if (before === undefined) return begin(key, next);
    const go = () => {
      waiting.delete(key);
      return begin(key, queued.next);
    };
    const queued: Waiting = { next, written: before.then(go, go) };
    waiting.set(key, queued);
    return queued.written;
  }

  return {
    async get(key) {
      const stored = await storage.peek(prefix + key);
      return stored === undefined ? undefined : JSON.parse(stored.text);
    },
    set: (key, value) =>
      write(key, value === undefined ? undefined : { text: JSON.stringify(value), state: null }),
    delete: (key) => write(key, undefined),
  };
}

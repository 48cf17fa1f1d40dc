/** A storage as the simple store that session middleware takes. */

import { type Clock, systemClock } from '../base/clock.ts';
import type { FsmStorage, Write } from '../storage/storage.ts';
import type { Hold } from '../lease/lease.ts';
import { holderOf } from '../lease/coordination.ts';
import { newToken } from '../lease/calls.ts';

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

  async function write(key: string, next: Write | undefined): Promise<void> {
    const hold = (await holder.take(prefix + key, waitBound)) as Hold;
    await hold.commit(next, newToken(), false);
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

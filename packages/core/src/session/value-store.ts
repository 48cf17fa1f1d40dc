/** A storage as the simple store that session middleware takes. */

import { type Clock, type Duration, systemClock, toMs } from '../base/clock.ts';
import { invalidOption } from '../base/rules.ts';
import { leasesOf } from '../lease/direct.ts';
import { queuesOf, type Seat } from '../lease/queue.ts';
import type { FsmStorage } from '../lease/storage.ts';
import type { Write } from '../storage/statements.ts';
import { writeValue } from '../transaction/write-value.ts';
import { checkStore } from './checks.ts';

/** A store of JSON values under keys. */
export interface SessionValues<T> {
  get(key: string): Promise<T | undefined>;
  set(key: string, value: T): Promise<void>;
  delete(key: string): Promise<void>;
}

/** Options of {@link sessionValues}. */
export interface SessionValuesOptions {
  /** The beginning of every key, so that sessions and conversations can share a storage. Default `"session:"`. */
  readonly prefix?: string;
  /** How long a session is kept after it was last written. Default: forever. */
  readonly ttl?: Duration;
  /** The clock; a virtual one in tests. */
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
 *
 * @throws FsmError `INVALID_OPTION` if `storage` is not a storage, `ttl` is not a duration, or a shared storage has no `coordination`
 */
export function sessionValues<T>(
  storage: FsmStorage,
  { prefix = 'session:', ttl, clock = systemClock }: SessionValuesOptions = {},
): SessionValues<T> {
  checkStore('storage', storage, 'acquire', 'commit', 'peek');
  const lifetime = ttl === undefined ? {} : { ttl: toMs(ttl, 'ttl') };
  const leases = leasesOf({ storage, clock, lease, longest: lease, report: () => {} });

  const queues = queuesOf(storage);
  const waiting = new Map<string, Waiting>();

  const send = (seat: Seat, key: string, next: Write | undefined) =>
    writeValue(leases, seat, key, next, waitBound);

  /** One write of a key at a time; of those that wait meanwhile only the last one is sent, and all share its outcome. */
  function write(key: string, next: Write | undefined): Promise<void> {
    const seat = queues.tryJoin(key);
    if (seat !== undefined) return send(seat, key, next);
    const overtaken = waiting.get(key);
    if (overtaken !== undefined) {
      overtaken.next = next;
      return overtaken.written;
    }
    const go = (seat: Seat) => {
      waiting.delete(key);
      return send(seat, key, queued.next);
    };
    const queued: Waiting = { next, written: queues.join(key).then(go) };
    waiting.set(key, queued);
    return queued.written;
  }

  /** @throws FsmError `INVALID_OPTION` for a key that some storages would not distinguish from others */
  function nameOf(key: string): string {
    const name = prefix + key;
    if (!/[\0\p{Surrogate}]/u.test(name)) return name;
    const expected = 'a string without NUL and lone surrogates';
    throw invalidOption('session key', expected, JSON.stringify(key));
  }

  return {
    async get(key) {
      const name = nameOf(key);
      const stored = await leases.ask(() => storage.peek(name));
      return stored === undefined ? undefined : JSON.parse(stored.text);
    },
    set: async (key, value) =>
      write(
        nameOf(key),
        value === undefined ? undefined : { text: JSON.stringify(value), state: null, ...lifetime },
      ),
    delete: async (key) => write(nameOf(key), undefined),
  };
}

/** Conversations in an SQLite file. */

import type { Clock, FsmStorage, StoredText } from '@telefsm/core';
import { FsmError } from '@telefsm/core';
import type {
  Acquired,
  AcquireOptions,
  CommitAnswer,
  Granted,
  LeaseHolder,
  Write,
} from '@telefsm/core/storage';
import { checkOptionNames, leaseTimes, sharedLeases, systemClock } from '@telefsm/core/storage';
import { connectionTo } from './connection.ts';
import type { OpenOptions, SqliteDatabase } from './database.ts';
import { classify } from './faults.ts';
import { fromValue, toValue } from './text.ts';
import { wakeUps } from './wake-ups.ts';

/** Options of {@link sqliteStorage}. */
export interface SqliteStorageOptions extends OpenOptions {
  /** The clock; a virtual one in tests. All processes of a file must agree on it, as those of one host do. */
  readonly clock?: Clock;
}

/** One of so many turns clears out what has expired. */
const sweepEvery = 500;
/** How many conversations a listing reads with one statement. */
const listPage = 200;

interface Row {
  readonly record: unknown;
  readonly deadline_at: number | bigint | null;
  readonly expires_at: number | bigint | null;
}

/**
 * Keeps conversations in an SQLite file, which several processes of one host may share; it has to be on a local disk.
 *
 * A path is opened with the first driver available: node:sqlite, bun:sqlite, better-sqlite3 or libsql, in this order. A database that is handed in keeps
 * its settings and stays open; give it `pragma journal_mode = wal` and `pragma busy_timeout = 50`, since these drivers stop the event
 * loop while they wait for another process. The tables (`telefsm_…`) are made and migrated here.
 *
 * Use one SQLite library per file in a process: two libraries do not see each other's locks. If the bot has tables of its own in the file,
 * open it once and pass that database.
 *
 * @param pathOrDatabase - a file, or an opened database of one of the four drivers
 * @throws FsmError `INVALID_OPTION` if the path cannot be opened or no driver is installed; `STORAGE_UNUSABLE` if the file is damaged or
 * not a database; `STORAGE_NEWER` if a newer telefsm has made the tables. A plain Error with the code `SQLITE_BUSY` if the passed database has
 * an open transaction.
 *
 * @example
 * ```ts
 * import { sqliteStorage } from '@telefsm/storage-sqlite';
 *
 * const storage = sqliteStorage('conversations.db');
 * ```
 */
export function sqliteStorage(
  pathOrDatabase: string | SqliteDatabase,
  options: SqliteStorageOptions = {},
): FsmStorage {
  const { clock = systemClock } = options;
  requireDatabase(pathOrDatabase);
  checkOptionNames(options, 'clock', 'synchronous');
  const connection = connectionTo(pathOrDatabase, options);
  const { statements } = connection;
  const waiters = wakeUps(statements);
  let turns = 0;
  let closed = false;

  function take(key: string, { token, lease }: AcquireOptions): Granted | undefined {
    // before a handler runs: what it wrote would be lost
    connection.check();
    const now = clock.now();
    const until = now + lease;
    const kept = until + leaseTimes.emptyRow;
    const latest = now + leaseTimes.longest;
    const row = statements.take.get(key, token, fenceAt(now), until, kept, latest, now);
    if (!row) return undefined;
    waiters.forget(token);
    if (++turns % sweepEvery === 0) sweep();
    const fence = Number((row as Row & Fenced).fence);
    lastFence = Math.max(lastFence, fence);
    return { fence, stored: stored(row as Row, now) };
  }

  function commit(
    key: string,
    holder: LeaseHolder,
    next: Write | undefined,
    keep?: number,
  ): CommitAnswer {
    connection.check();
    const ofHolder = [key, holder.token, holder.fence] as const;
    if (next === undefined && keep === undefined && statements.remove.run(...ofHolder).changes) {
      return 'done';
    }
    const now = clock.now();
    const values = valuesOf(next, now);
    if (keep === undefined) {
      const handedOver = [now + leaseTimes.handOver, fenceAt(now)] as const;
      const row = statements.finish.get(...handedOver, ...values, ...ofHolder);
      notify(row);
      return row ? 'done' : 'rejected';
    }
    if (statements.keep.get(now + keep, ...values, ...ofHolder)) return 'done';
    const present = holderOf(key);
    const hasGoneOn = present?.owner === holder.token && Number(present.fence) === holder.fence + 1;
    return hasGoneOn ? 'already' : 'rejected';
  }

  function holderOf(key: string): Held | undefined {
    return statements.holder.get(key) as Held | undefined;
  }

  function notify(row: unknown): void {
    const { owner, fence } = (row ?? {}) as Partial<Held>;
    if (owner) waiters.granted(owner, Number(fence));
  }

  function sweep(): void {
    const now = clock.now();
    statements.sweep.run(now, now - leaseTimes.emptyRow);
  }

  return {
    features: { shared: true, fencing: true, ttl: true, deadlines: true, list: true, parallel: 1 },
    coordination: sharedLeases,
    classify,

    acquire(key, options): Acquired {
      for (;;) {
        const granted = take(key, options);
        if (granted) return granted;
        const present = holderOf(key);
        const now = clock.now();
        let busy = Number(present?.lease_until) - now;
        // released in between, or expired: the next attempt acquires it
        if (!present?.owner || busy <= 0) continue;
        const latest = now + leaseTimes.longest;
        if (busy > leaseTimes.longest) {
          if (!statements.shorten.run(now + options.lease, key, latest).changes) continue;
          busy = options.lease;
        }
        const answer = { busy, owner: present.owner, fence: Number(present.fence) };
        if (!options.queue || !waiters.notified) return answer;
        const asked = ` ${present.waiters ?? ''}`.includes(` ${options.token} `);
        if (!asked && !statements.join.run(`${options.token} `, key, present.owner).changes)
          continue;
        waiters.await(options.token, key);
        return answer;
      }
    },

    commit,

    renew(key, { token, fence }, lease) {
      return Number(statements.renew.run(clock.now() + lease, key, token, fence).changes) > 0;
    },

    release(key, { token, fence }) {
      if (statements.vanish.run(key, token, fence).changes) return;
      const now = clock.now();
      notify(statements.release.get(now + leaseTimes.handOver, fenceAt(now), key, token, fence));
    },

    peek(key) {
      const row = statements.peek.get(key) as Row | undefined;
      // bun:sqlite gives null for no row
      return row ? stored(row, clock.now()) : undefined;
    },

    async granted(listener) {
      return waiters.listen(listener);
    },

    due(limit, claim, prefix = '') {
      connection.check();
      const now = clock.now();
      sweep();
      const rows = statements.due.all(now + Math.max(claim, 1), now, now, prefix, prefix, limit);
      return (rows as { readonly key: string }[]).map(({ key }) => key);
    },

    settled(key) {
      statements.settled.run(key);
    },

    async *list({ prefix = '', state, limit = Number.POSITIVE_INFINITY, after = '' }) {
      const only = state === undefined ? null : toValue(state);
      let [left, last] = [limit, after];
      while (left > 0) {
        const now = clock.now();
        const page = Math.min(left, listPage);
        const rows = statements.list.all(last, prefix, prefix, now, only, only, page) as Listed[];
        for (const row of rows) {
          const found = stored(row, now);
          if (found) yield { key: row.key, stored: found, state: fromValue(row.state) };
          last = row.key;
        }
        if (rows.length < page) return;
        left -= rows.length;
        // A long walk lets others have their turn.
        await new Promise(setImmediate);
      }
    },

    close() {
      if (closed) return;
      closed = true;
      waiters.close();
      connection.close();
    },
  };
}

/** An empty path would be a file that SQLite deletes when it is closed. */
function requireDatabase(given: unknown): void {
  const { prepare, exec }: Partial<SqliteDatabase> = Object(given);
  const isDatabase = typeof prepare === 'function' && typeof exec === 'function';
  if (isDatabase || (typeof given === 'string' && given.trim() !== '')) return;
  throw new FsmError('INVALID_OPTION', {
    option: 'path',
    expected: 'a file, or an opened database of node:sqlite, bun:sqlite, better-sqlite3 or libsql',
    found: typeof given === 'string' ? 'empty' : foundIn(given),
  });
}

interface Fenced {
  readonly fence: number | bigint | null;
}

interface Held extends Fenced {
  readonly owner: string | null;
  readonly lease_until: number | bigint;
  readonly waiters: string | null;
}

interface Listed extends Row {
  readonly key: string;
  readonly state: unknown;
}

/** The last fence that this process has given or seen. */
let lastFence = 0;

/**
 * The fence of a new grant: microseconds of the host's clock, and never one twice in this process.
 *
 * Its clock counts milliseconds, in which a conversation may be acquired, released, deleted and acquired again.
 */
function fenceAt(now: number): number {
  lastFence = Math.max(lastFence + 2, Math.round(now * 1000));
  return lastFence;
}

/** The values that the statements write, in their order. */
function valuesOf(next: Write | undefined, now: number) {
  if (next === undefined) return [null, null, null, null, now + leaseTimes.emptyRow] as const;
  const deadline = next.deadlineIn === undefined ? null : now + next.deadlineIn;
  const expiry = next.ttl === undefined ? null : now + next.ttl;
  const state = next.state === null ? null : toValue(next.state);
  return [toValue(next.text), state, deadline, deadline, expiry] as const;
}

function stored(row: Row, now: number): StoredText | undefined {
  const text = fromValue(row.record);
  if (text === null || (row.expires_at !== null && Number(row.expires_at) <= now)) return undefined;
  return row.deadline_at === null ? { text } : { text, deadlineIn: Number(row.deadline_at) - now };
}

/** The asynchronous client is known by name: its package has a driver of the same files that would do. */
function foundIn(given: unknown): string {
  const { execute, batch }: { execute?: unknown; batch?: unknown } = Object(given);
  const isAsync = typeof execute === 'function' && typeof batch === 'function';
  return isAsync
    ? "a client of '@libsql/client', whose answers are promises; 'libsql' opens the same files, and for Turso choose a storage of a server"
    : String(given);
}

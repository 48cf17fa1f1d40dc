/** Conversations in an SQLite file. */

import type { Clock, FsmStorage, StoredText } from '@telefsm/core';
import { FsmError } from '@telefsm/core';
import type { Acquired, AcquireOptions, CommitAnswer, Lease, Write } from '@telefsm/core/storage';
import { systemClock } from '@telefsm/core/tools';
import type { OpenOptions, SqliteDatabase } from './database.ts';
import { openDatabase, started } from './database.ts';
import { classify } from './faults.ts';
import { fileOf } from './opened-file.ts';
import { prepareTables } from './schema.ts';
import { statementsOf } from './statements.ts';
import { fromValue, toValue } from './text.ts';
import { wakeUps } from './wake-ups.ts';

/** What {@link sqliteStorage} can be told. */
export interface SqliteStorageOptions extends OpenOptions {
  /** What tells the time; a virtual one in tests. All processes of a file must agree on it, as those of one host do. */
  readonly clock?: Clock;
}

/** How long a conversation is kept for a waiter that it was handed to, in ms. */
const grantedFor = 2000;
/** How long a row without a record stays if its holder never lets go, in ms. */
const emptyFor = 86_400_000;
/** One of so many turns clears out what has expired. */
const sweepEvery = 500;
/** How many conversations a listing reads at once. */
const listPage = 200;

interface Row {
  readonly record: unknown;
  readonly deadline_at: number | bigint | null;
  readonly expires_at: number | bigint | null;
}

/**
 * Keeps conversations in an SQLite file, which several processes of one host may share; it has to be on a local disk.
 *
 * A path is opened with what the runtime has: node:sqlite, bun:sqlite, better-sqlite3 or libsql, in this order. A database that is handed in keeps
 * its settings and stays open; give it `pragma journal_mode = wal` and `pragma busy_timeout = 50`, since these drivers stop the event
 * loop while they wait for another process. The tables (`telefsm_…`) are made and migrated here.
 *
 * Use one SQLite library per file in a process: two libraries do not see each other's locks. If the bot has tables of its own in the file,
 * open it once and pass that database.
 *
 * @param pathOrDatabase - a file, or an opened database of one of the four drivers
 * @throws FsmError `INVALID_OPTION` where the file cannot be opened or no driver is installed; `STORAGE_NEWER` where a later version of
 * telefsm has made the tables
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
  { clock = systemClock, ...options }: SqliteStorageOptions = {},
): FsmStorage {
  const own = typeof pathOrDatabase === 'string';
  requireDatabase(pathOrDatabase);
  const database = own ? openDatabase(pathOrDatabase, options) : pathOrDatabase;
  try {
    prepareTables(database);
    if (own) started(database);
  } catch (error) {
    if (own) database.close();
    throw error;
  }

  const statements = statementsOf(database);
  const waiters = wakeUps(statements);
  const file = fileOf(database);
  let turns = 0;
  let closed = false;

  function take(key: string, { token, lease, offset = 0 }: AcquireOptions): Lease | undefined {
    const now = clock.now() + offset;
    const until = now + lease;
    const row = statements.take.get(key, token, until, until + emptyFor, now) as Row | undefined;
    if (!row) return undefined;
    waiters.forget(token);
    if (++turns % sweepEvery === 0) sweep();
    return leaseOf(key, token, lease, row, now);
  }

  function leaseOf(key: string, first: string, length: number, row: Row, taken: number): Lease {
    let token = first;
    let written = row.record !== null;

    function commit(
      next: Write | undefined,
      { keep }: { readonly keep?: string } = {},
    ): CommitAnswer {
      if (keep === token) return holder() === token ? 'already' : 'refused';
      file?.check();
      if (next === undefined && keep === undefined && statements.remove.run(key, token).changes) {
        return 'done';
      }
      const now = clock.now();
      const values = valuesOf(next, now);
      const held =
        keep === undefined
          ? statements.finish.get(now + grantedFor, ...values, key, token)
          : statements.keep.get(now + length, keep, ...values, key, token);
      if (!held && (keep === undefined || holder() !== keep)) return 'refused';
      if (keep === undefined) tell(held);
      else token = keep;
      written = true;
      return held ? 'done' : 'already';
    }

    function release(): void {
      if (!written && statements.vanish.run(key, token).changes) return;
      tell(statements.release.get(clock.now() + grantedFor, key, token));
    }

    function holder(): unknown {
      return (statements.holder.get(key) as { readonly owner: unknown } | undefined)?.owner;
    }

    return {
      record: stored(row, taken),
      commit,
      renew: (ms) => Number(statements.renew.run(clock.now() + ms, key, token).changes) > 0,
      release,
    };
  }

  function tell(row: unknown): void {
    const next = (row as { readonly owner: string | null } | undefined)?.owner;
    if (next) waiters.granted(next);
  }

  function sweep(): void {
    const now = clock.now();
    statements.sweep.run(now, now - emptyFor);
  }

  return {
    features: { shared: true, fencing: true, ttl: true, deadlines: true, list: true },
    classify,

    acquire(key, options): Acquired {
      for (;;) {
        const lease = take(key, options);
        if (lease) return lease;
        const held = statements.holder.get(key) as Held | undefined;
        const busy = Number(held?.lease_until) - clock.now() - (options.offset ?? 0);
        // Let go in between, or lapsed: the next attempt takes it.
        if (!held?.owner || busy <= 0) continue;
        if (!options.queue || !waiters.heard) return { busy };
        const asked = ` ${held.waiters ?? ''}`.includes(` ${options.token} `);
        if (!asked && !statements.join.run(`${options.token} `, key, held.owner).changes) continue;
        waiters.await(options.token, key);
        return { busy };
      }
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
      if (own) database.close();
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
    found: typeof given === 'string' ? 'empty' : String(given),
  });
}

interface Held {
  readonly owner: string | null;
  readonly lease_until: number | bigint;
  readonly waiters: string | null;
}

interface Listed extends Row {
  readonly key: string;
  readonly state: unknown;
}

/** What the statements write, in their order. */
function valuesOf(next: Write | undefined, now: number) {
  if (next === undefined) return [null, null, null, null, now + emptyFor] as const;
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

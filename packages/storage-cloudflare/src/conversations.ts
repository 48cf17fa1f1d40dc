/** The conversations of one object: the statements of the storage contract over its SQLite database. */

import type { StoredText } from '@telefsm/core';
import { type LeaseHolder, leaseTimes, type StoredConversation } from '@telefsm/core/storage';
import type { Calls } from './calls.ts';
import type { ObjectStorage, Row, Value } from './platform.ts';
import { fromValue, toValue } from './text.ts';
import { Waiters } from './waiters.ts';

/** A page of a listing ends beyond so many characters: an object has 128 MB of memory. */
const pageCharacters = 1_000_000;
/** How many conversations a page has at most. */
const pageRows = 200;
/** How many expired conversations are deleted together. */
const tidied = 1000;

/** Named after the columns that each answer needs. */
const columns = 'record, state, deadline_at, expires_at';
const table = 'telefsm_conversation';

/** Called with the instant at which a conversation is due or expires, whenever one is written. */
export type Expect = (what: 'due' | 'expired', at: number) => void;

/** Executes {@link Calls} in the object whose storage it is given. */
export class Conversations implements Calls {
  readonly #storage: ObjectStorage;
  readonly #expect: Expect;
  readonly #waiters = new Waiters();
  /** The last fence that was given here: the clock counts milliseconds, in which a row may be deleted and made again. */
  #lastFence = 0;

  constructor(storage: ObjectStorage, expect: Expect) {
    this.#storage = storage;
    this.#expect = expect;
  }

  acquire: Calls['acquire'] = (key, { token, lease, queue }) => {
    const now = Date.now();
    const row = this.#row(`owner, fence, lease_until, ${columns}`, key);
    if (row === undefined) {
      this.#waiters.remove(key, token);
      const fence = this.#newFence(0, now);
      const values = [key, token, fence, now + lease, now + lease + leaseTimes.emptyRow];
      this.#run(
        `insert into ${table} (key, owner, fence, lease_until, expires_at) values (?, ?, ?, ?, ?)`,
        ...values,
      );
      return { fence, stored: undefined };
    }
    const owner = fromValue(row['owner']);
    const until = Number(row['lease_until']);
    const isMine = owner === token;
    if (!isMine && owner !== null && until > now) {
      const isTooLong = until - now > leaseTimes.longest;
      const end = isTooLong ? now + lease : until;
      if (isTooLong) this.#run(`update ${table} set lease_until = ? where key = ?`, end, key);
      if (queue) this.#waiters.add(key, token, now);
      return { busy: end - now, owner, fence: Number(row['fence']) };
    }
    this.#waiters.remove(key, token);
    const fence = isMine ? Number(row['fence']) : this.#newFence(Number(row['fence']), now);
    const end = isMine
      ? Math.min(Math.max(until, now + lease), now + leaseTimes.longest)
      : now + lease;
    const update = `update ${table} set owner = ?, fence = ?, lease_until = ? where key = ?`;
    this.#run(update, token, fence, end, key);
    return { fence, stored: stored(row, now) };
  };

  commit: Calls['commit'] = (key, holder, write, keep) => {
    const row = this.#row('owner, fence, lease_until', key);
    if (!isHeld(row, holder)) {
      const goneOn = { token: holder.token, fence: holder.fence + 1 };
      return keep !== null && isHeld(row, goneOn) ? 'already' : 'rejected';
    }
    const now = Date.now();
    const end = Math.max(Number(row?.['lease_until']), now + (keep ?? 0));
    const next =
      keep === null
        ? this.#nextHolder(key, holder.fence, now)
        : { token: holder.token, fence: holder.fence + 1, until: end };
    if (write === null && next.token === null) {
      this.#run(`delete from ${table} where key = ?`, key);
      return 'done';
    }
    const after = (ms: number | undefined) => (ms === undefined ? null : now + ms);
    const deadline = after(write?.deadlineIn);
    const expiry = after(write === null ? leaseTimes.emptyRow : write.ttl);
    this.#run(
      `update ${table} set record = ?, state = ?, deadline_at = ?, wake_at = ?, expires_at = ?,
        owner = ?, fence = ?, lease_until = ? where key = ?`,
      write === null ? null : toValue(write.text),
      typeof write?.state === 'string' ? toValue(write.state) : null,
      deadline,
      deadline,
      expiry,
      next.token,
      next.fence,
      next.until,
      key,
    );
    if (keep === null) this.#waiters.handOver(key, next);
    if (deadline !== null) this.#expect('due', deadline);
    if (expiry !== null) this.#expect('expired', expiry);
    return 'done';
  };

  renew: Calls['renew'] = (key, holder, lease) => {
    if (!isHeld(this.#row('owner, fence', key), holder)) return false;
    this.#run(`update ${table} set lease_until = ? where key = ?`, Date.now() + lease, key);
    return true;
  };

  release: Calls['release'] = (key, holder) => {
    const row = this.#row('owner, fence, record', key);
    if (!isHeld(row, holder)) return;
    const next = this.#nextHolder(key, holder.fence, Date.now());
    if (row?.['record'] === null && next.token === null) {
      this.#run(`delete from ${table} where key = ?`, key);
      return;
    }
    const update = `update ${table} set owner = ?, fence = ?, lease_until = ? where key = ?`;
    this.#run(update, next.token, next.fence, next.until, key);
    this.#waiters.handOver(key, next);
  };

  handed: Calls['handed'] = (key, token) => this.#waiters.handed(key, token);

  peek: Calls['peek'] = (key) => {
    const row = this.#row(columns, key);
    return row && stored(row, Date.now());
  };

  due: Calls['due'] = (limit, claim, prefix) => {
    const now = Date.now();
    this.tidy();
    // with a plus, SQLite doesn't search by key, and reads only what is due
    const rows = this.#run(
      `update ${table} set wake_at = ? where key in (
        select key from ${table}
        where wake_at <= ? and (expires_at is null or expires_at > ?)
          and +key >= ? and +key < ? || char(1114111) order by wake_at limit ?)
      returning key`,
      now + Math.max(claim, 1),
      now,
      now,
      prefix,
      prefix,
      limit,
    );
    return rows.map(({ key }) => `${key}`);
  };

  settled: Calls['settled'] = (key) => {
    const update = `update ${table} set wake_at = deadline_at where key = ? returning wake_at`;
    const wake = this.#run(update, key)[0]?.['wake_at'];
    // one whose conversation was busy is still due: not looked at again in the same moment
    if (typeof wake === 'number') this.#expect('due', Math.max(wake, Date.now() + 1000));
  };

  list: Calls['list'] = ({ prefix = '', state, after = '', limit = pageRows }) => {
    const now = Date.now();
    const only = state === undefined ? null : toValue(state);
    const size = Math.min(limit, pageRows);
    const rows = this.#storage.sql.exec(
      `select key, ${columns} from ${table}
      where key > ? and key >= ? and key < ? || char(1114111)
        and record is not null and (expires_at is null or expires_at > ?) and (? is null or state = ?)
      order by key limit ?`,
      after,
      prefix,
      prefix,
      now,
      only,
      only,
      size,
    );
    const found: StoredConversation[] = [];
    let characters = 0;
    for (const row of rows) {
      const text = stored(row, now);
      if (text === undefined) continue;
      found.push({ key: `${row['key']}`, stored: text, state: fromValue(row['state']) });
      characters += text.text.length;
      if (characters > pageCharacters) break;
    }
    return { found, hasMore: characters > pageCharacters || found.length === size };
  };

  /** Deletes expired conversations, except those that are or were lately leased. */
  tidy(): void {
    const now = Date.now();
    this.#waiters.tidy(now);
    this.#run(
      `delete from ${table} where key in (select key from ${table}
        where expires_at <= ? and (owner is null or lease_until <= ?) limit ${tidied})`,
      now,
      now - leaseTimes.emptyRow,
    );
  }

  /** The first instant after the given one at which a conversation is due, or expires; `undefined` for none. */
  next(what: 'due' | 'expired', after: number): number | undefined {
    const column = what === 'due' ? 'wake_at' : 'expires_at';
    const [row] = this.#run(`select min(${column}) as at from ${table} where ${column} > ?`, after);
    return typeof row?.['at'] === 'number' ? row['at'] : undefined;
  }

  /** Whether a deadline that had passed by then is unclaimed. */
  isDue(by: number): boolean {
    return this.#run(`select 1 as one from ${table} where wake_at <= ? limit 1`, by).length > 0;
  }

  /** The next holder of a conversation that is released: the first waiter, or nobody. */
  #nextHolder(key: string, last: number, now: number) {
    const token = this.#waiters.first(key, now);
    if (token === undefined) return { token: null, fence: last, until: 0 };
    return { token, fence: this.#newFence(last, now), until: now + leaseTimes.handOver };
  }

  #row(wanted: string, key: string): Row | undefined {
    return this.#run(`select ${wanted} from ${table} where key = ?`, key)[0];
  }

  #run(statement: string, ...parameters: Value[]): readonly Row[] {
    return [...this.#storage.sql.exec(statement, ...parameters)];
  }

  #newFence(stored: number, now: number): number {
    this.#lastFence = Math.max(stored + 2, this.#lastFence + 2, now * 1000);
    return this.#lastFence;
  }
}

function isHeld(row: Row | undefined, { token, fence }: LeaseHolder): boolean {
  return row?.['owner'] === token && row['fence'] === fence;
}

function stored(row: Row, now: number): StoredText | undefined {
  const text = fromValue(row['record']);
  const { expires_at: expiry, deadline_at: deadline } = row;
  if (text === null || (typeof expiry === 'number' && expiry <= now)) return undefined;
  return typeof deadline === 'number' ? { text, deadlineIn: deadline - now } : { text };
}

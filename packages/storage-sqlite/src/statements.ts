/** The statements of the storage; each is one transaction of its own. */

import { isInTransaction, type SqliteDatabase, type SqliteStatement } from './database.ts';

/**
 * All statements, prepared.
 *
 * Parameters stand for themselves, in order: drivers do not agree on numbered and named ones. None begins with a `null`, which one of
 * them takes for a set of named ones.
 */
export type Statements = { readonly [name in Name]: SqliteStatement };

type Name =
  | 'take'
  | 'holder'
  | 'shorten'
  | 'join'
  | 'renew'
  | 'remove'
  | 'vanish'
  | 'release'
  | 'finish'
  | 'keep'
  | 'peek'
  | 'due'
  | 'settled'
  | 'sweep'
  | 'list'
  | 'version';

/** Removes a token from `waiters`, which holds `"token "` for each. */
const withoutOwner = `nullif(ltrim(replace(' ' || waiters, ' ' || excluded.owner || ' ', ' ')), '')`;

/** The first waiter gets the lease, or nobody does. Parameters: until when, fence of a new grant. */
const release = `
  lease_until = ?,
  fence = case when waiters is null then fence else max(fence + 2, ?) end,
  owner = substr(waiters, 1, instr(waiters, ' ') - 1),
  waiters = nullif(substr(waiters, instr(waiters, ' ') + 1), '')`;
/** Parameters: until when at least. */
const goOn = 'lease_until = max(lease_until, ?), fence = fence + 1';
/** Parameters: record, state, deadline, deadline, expiry. */
const write = 'record = ?, state = ?, deadline_at = ?, wake_at = ?, expires_at = ?';
/** Parameters: key, token, fence. */
const ofHolder = 'key = ? and owner = ? and fence = ?';

const texts: { readonly [name in Name]: string } = {
  /**
   * Parameters: key, token, fence of a new grant, until when, expiry if nothing is written, the latest end of a lease, now.
   *
   * The holder keeps the fence, and a longer lease. Processes of the first edition leave no fence.
   */
  take: `
    insert into telefsm_conversation as c (key, owner, fence, lease_until, expires_at) values (?, ?, ?, ?, ?)
    on conflict (key) do update
    set fence = case when c.owner = excluded.owner and c.fence is not null then c.fence
          else max(coalesce(c.fence, 0) + 2, excluded.fence) end,
      lease_until = case when c.owner = excluded.owner
          then min(max(coalesce(c.lease_until, 0), excluded.lease_until), ?) else excluded.lease_until end,
      owner = excluded.owner, waiters = ${withoutOwner}
    where c.owner is null or c.owner = excluded.owner or coalesce(c.lease_until, 0) <= ?
    returning record, deadline_at, expires_at, fence`,
  /** Parameters: key. */
  holder: 'select owner, fence, lease_until, waiters from telefsm_conversation where key = ?',
  /** Parameters: until when, key, the latest end of a lease. */
  shorten: 'update telefsm_conversation set lease_until = ? where key = ? and lease_until > ?',
  /** Parameters: token and a space, key, holder. */
  join: `
    update telefsm_conversation set waiters = coalesce(waiters, '') || ? where key = ? and owner = ?`,
  /** Parameters: until when, then those of `ofHolder`. */
  renew: `update telefsm_conversation set lease_until = ? where ${ofHolder}`,
  /** Does nothing while somebody waits. */
  remove: `delete from telefsm_conversation where ${ofHolder} and waiters is null`,
  /** Does nothing while somebody waits, or where there is a record. */
  vanish: `delete from telefsm_conversation where ${ofHolder} and waiters is null and record is null`,
  release: `update telefsm_conversation set ${release} where ${ofHolder} returning owner, fence`,
  finish: `update telefsm_conversation set ${release}, ${write} where ${ofHolder} returning owner, fence`,
  keep: `update telefsm_conversation set ${goOn}, ${write} where ${ofHolder} returning owner, fence`,
  peek: 'select record, deadline_at, expires_at from telefsm_conversation where key = ?',
  /** Parameters: until when, now, now, prefix, prefix, limit. With a plus, SQLite doesn't search by key, and reads only what is due. */
  due: `
    update telefsm_conversation set wake_at = ? where key in (
      select key from telefsm_conversation
      where wake_at <= ? and (expires_at is null or expires_at > ?)
        and +key >= ? and +key < ? || char(1114111) order by wake_at limit ?)
    returning key`,
  settled: 'update telefsm_conversation set wake_at = deadline_at where key = ?',
  /** Parameters: now, now less a day. */
  sweep: `
    delete from telefsm_conversation where rowid in (
      select rowid from telefsm_conversation
      where expires_at <= ? and (owner is null or lease_until <= ?) limit 1000)`,
  /** Parameters: after, prefix, prefix, now, state or null, state or null, limit. */
  list: `
    select key, record, state, deadline_at, expires_at from telefsm_conversation
    where key > ? and key >= ? and key < ? || char(1114111)
      and record is not null and (expires_at is null or expires_at > ?) and (? is null or state = ?)
    order by key limit ?`,
  version: 'pragma data_version',
};

/** The statements that only read. */
export const reading: ReadonlySet<string> = new Set<Name>(['holder', 'peek', 'list', 'version']);

/** Prepares all statements, once the tables are there. */
export function statementsOf(database: SqliteDatabase): Statements {
  const isTold = isInTransaction(database) !== undefined;
  const prepared = Object.entries(texts).map(([name, sql]) => {
    const statement = statementOf(database, sql);
    return [name, isTold || reading.has(name) ? statement : inTransaction(database, statement)];
  });
  return Object.fromEntries(prepared);
}

/**
 * Prepares a statement whose `get` asks for all rows and gives the first.
 *
 * With libsql (0.5) a `get` that failed leaves its parameters to the next one, which then runs for another conversation: seen where two
 * processes write at once. `all` does not.
 */
function statementOf(database: SqliteDatabase, sql: string): SqliteStatement {
  const statement = database.prepare(sql);
  return {
    run: (...parameters) => statement.run(...parameters),
    get: (...parameters) => statement.all(...parameters)[0],
    all: (...parameters) => statement.all(...parameters),
  };
}

/**
 * Runs a statement in a transaction that has the lock for writing from the start. It fails within a transaction of the bot.
 *
 * With libsql (0.5) a statement that finds the file busy is not reset (https://github.com/tursodatabase/libsql-js/pull/238). It counts as
 * running, so those after it are not committed, though they say so, and are taken back by its next call. In here none is ever busy:
 * only `begin` is, and that is no prepared statement.
 */
function inTransaction(database: SqliteDatabase, statement: SqliteStatement): SqliteStatement {
  const run = <Result>(work: () => Result): Result => {
    database.exec('begin immediate');
    try {
      const result = work();
      database.exec('commit');
      return result;
    } catch (error) {
      rollBack(database);
      throw error;
    }
  };
  return {
    run: (...parameters) => run(() => statement.run(...parameters)),
    get: (...parameters) => run(() => statement.get(...parameters)),
    all: (...parameters) => run(() => statement.all(...parameters)),
  };
}

function rollBack(database: SqliteDatabase): void {
  try {
    database.exec('rollback');
  } catch {
    // some errors (a full disk) have ended the transaction already
  }
}

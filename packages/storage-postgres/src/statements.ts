/**
 * The statements, one for each method.
 *
 * A conversation is one row, its lock included. An `update` that had to wait for the row continues with the row as it then is, while
 * everything else in the statement still sees the past. A lock in a second table loses half of all increments.
 *
 * All instants are the server's `statement_timestamp()`, which stays the same within a statement.
 */

import { leaseTimes } from '@telefsm/core/storage';
import type { Tables } from './names.ts';

/** How long an empty row stays, so that a stateless conversation isn't inserted and deleted with every update. */
const emptyFor = `interval '${leaseTimes.emptyRow} ms'`;
/** No lease ends later than this from now. */
const longest = `interval '${leaseTimes.longest} ms'`;

const now = 'statement_timestamp()';
/** A fence of this moment: microseconds, which a float holds exactly until 2255. */
const freshFence = `(date_part('epoch', ${now}) * 1000000)::bigint`;
const ms = (parameter: string) => `${parameter}::float8 * interval '1 ms'`;
/** In whole ms, as text: `pg` misreads binary floating-point numbers, and a session may print only some of their digits. */
const lengthUntil = (instant: string) =>
  `ceil(date_part('epoch', ${instant} - ${now}) * 1000)::bigint::text`;

/** The texts of all statements over one set of tables. */
export interface Statements {
  readonly acquire: string;
  readonly wait: string;
  readonly commit: string;
  readonly commitAndKeep: string;
  readonly holds: string;
  readonly renew: string;
  readonly release: string;
  readonly peek: string;
  readonly due: string;
  readonly settled: string;
  readonly list: string;
  readonly notify: string;
}

/** Writes the statements for these tables. */
export function statementsOf({ conversation }: Tables): Statements {
  return {
    acquire: acquire(conversation),
    wait: wait(conversation),
    commit: commit(conversation, handOver),
    commitAndKeep: commit(conversation, keep),
    holds: holds(conversation),
    renew: renew(conversation),
    release: release(conversation),
    peek: peek(conversation),
    due: due(conversation),
    settled: settled(conversation),
    list: list(conversation),
    notify: 'select pg_notify($1::text, $2::text)',
  };
}

/** The answer to `acquire`, if the conversation was free. */
export type AcquiredRow = readonly [
  fence: string,
  record: string | null,
  deadlineIn: string | null,
];

/**
 * $1 key, $2 token, $3 lease, $4 waiter, as which the token may be registered.
 *
 * No row if another token has the conversation. The current holder keeps the fence, and a longer lease; processes of the first edition
 * leave no fence. A statement that waited for the row has an older timestamp than the one it waited for, so the time alone is no new fence.
 */
function acquire(table: string): string {
  const mine = 't.owner = excluded.owner';
  return `insert into ${table} as t (key, owner, fence, lease_until, expires_at, wake_at)
    values ($1::text, $2::text, ${freshFence}, ${now} + ${ms('$3')}, ${now} + ${emptyFor}, ${now} + ${emptyFor})
    on conflict (key) do update set
      owner = excluded.owner,
      fence = case when ${mine} then coalesce(t.fence, excluded.fence) else greatest(t.fence + 2, excluded.fence) end,
      lease_until = case
        when ${mine} then least(greatest(t.lease_until, excluded.lease_until), ${now} + ${longest})
        else excluded.lease_until end,
      waiters = nullif(array_remove(t.waiters, $4::text), '{}')
    where t.owner is null or ${mine} or (t.lease_until > ${now}) is not true
    returning t.fence::text as fence,
      case when t.expires_at <= ${now} then null else t.record end as record,
      ${lengthUntil('t.deadline_at')} as deadline_in`;
}

/** The answer to `wait`, unless the conversation is free meanwhile. */
export type HolderRow = readonly [owner: string, fence: string, busy: string];

/**
 * $1 key, $2 token, $3 lease, $4 waiter, $5 whether to register it.
 *
 * A waiter is written as `channel token`, so that the releasing process can notify it.
 */
function wait(table: string): string {
  return `update ${table} as t set
      lease_until = case when t.lease_until > ${now} + ${longest} then ${now} + ${ms('$3')} else t.lease_until end,
      waiters = case
        when not $5::boolean or $4::text = any(t.waiters) then t.waiters
        else array_append(t.waiters, $4::text) end
    where t.key = $1::text and t.owner <> $2::text and t.lease_until > ${now}
    returning t.owner, coalesce(t.fence, 0)::text as fence, ${lengthUntil('t.lease_until')} as busy`;
}

const nextToken = "split_part(t.waiters[1], ' ', 2)";
const nextFence = `greatest(t.fence + 2, ${freshFence})`;

/**
 * The first waiter gets the lease, or nobody does. Without an owner, the end of the lease means nothing.
 *
 * The waiter is notified, and only if there is one: NOTIFY takes a lock on the whole database. No `returning` does it, since an answer with
 * a column costs the server and the library much of what the whole statement costs. If the row changes while the statement waits for it, a
 * waiter may be notified of a lease that it does not get: it asks in vain.
 */
const handOver = `
      owner = ${nextToken},
      fence = case when t.waiters is null then t.fence else ${nextFence} end,
      lease_until = ${now} + interval '${leaseTimes.handOver} ms',
      waiters = case
        when t.waiters is null then null
        when pg_notify(split_part(t.waiters[1], ' ', 1), ${nextToken} || ' ' || ${nextFence}) is not null
          then nullif(t.waiters[2:], '{}') end`;

/** $8 ms to continue holding. */
const keep = `
      fence = t.fence + 1,
      lease_until = greatest(t.lease_until, ${now} + ${ms('$8')})`;

/** $1 key, $2 token, $3 fence. */
const ofHolder = 't.key = $1::text and t.owner = $2::text and t.fence = $3::bigint';

/**
 * $4 record or null, $5 state, $6 ttl or null, $7 deadline or null.
 *
 * Changes one row if it was written. The index trails: `wake_at` is only ever moved earlier here, so that a deadline renewed at every step
 * leaves it alone.
 */
function commit(table: string, ending: string): string {
  const expiresAt = `${now} + ${ms('$6')}`;
  const deadlineAt = `${now} + ${ms('$7')}`;
  return `update ${table} as t set
      record = $4::text,
      state = $5::text,
      deadline_at = ${deadlineAt},
      expires_at = ${expiresAt},
      wake_at = least(t.wake_at, ${deadlineAt}, ${expiresAt}),${ending}
    where ${ofHolder}`;
}

/** One row if the conversation is leased so. */
function holds(table: string): string {
  return `select true from ${table} as t where ${ofHolder}`;
}

/** $4 lease: changes one row if it was renewed. */
function renew(table: string): string {
  return `update ${table} as t set lease_until = ${now} + ${ms('$4')} where ${ofHolder}`;
}

function release(table: string): string {
  return `update ${table} as t set
      expires_at = case when t.record is null then ${now} + ${emptyFor} else t.expires_at end,${handOver}
    where ${ofHolder}`;
}

const present = `record is not null and (expires_at is null or expires_at > ${now})`;

/** One row of the answers that show a record. */
export type RecordRow = readonly [record: string, deadlineIn: string | null];

/** $1 key. */
function peek(table: string): string {
  return `select record, ${lengthUntil('deadline_at')} as deadline_in
    from ${table} where key = $1::text and ${present}`;
}

/** The result of one poll of the index. */
export type DueRow = readonly [
  /** Keys that were claimed, as a JSON array: not every library reads arrays of the server. */
  keys: string,
  /** Rows that had come up in the index, and how many of them had no deadline that passed. */
  checked: string,
  tidied: string,
];

/**
 * $1 limit, $2 claim, $3 how many rows to check, $4 prefix of the keys.
 *
 * Claims by moving `wake_at` on, and tidies what else has come up in the index: rows whose index was early are put where they belong,
 * expired ones are deleted. A row that somebody took less than a day ago stays, so that its late commit finds it. It checks so many
 * rows and no more: however many are due, a call costs the same. What is due under another prefix is none of them; what is to be tidied is,
 * any namespace.
 */
function due(table: string): string {
  const expired = `coalesce(expires_at <= ${now}, false)`;
  return `with ripe as (
      select key, case
          when ${expired} and (owner is null or lease_until < ${now} - ${emptyFor}) then 'dead'
          when ${expired} or deadline_at is null or deadline_at > ${now} then 'early'
          else 'due' end as what
        from ${table} where wake_at <= ${now}
          and (starts_with(key, $4::text) or deadline_at is null or deadline_at > ${now} or expires_at <= ${now})
        order by wake_at limit $3::integer for update skip locked),
    due as (select key from ripe where what = 'due' limit $1::integer),
    claimed as (
      update ${table} as t set wake_at = ${now} + ${ms('$2')} from due where t.key = due.key),
    deleted as (
      delete from ${table} as t using ripe where t.key = ripe.key and what = 'dead'),
    moved as (
      update ${table} as t set wake_at = case
          when ${expired} then greatest(lease_until, ${now}) + ${emptyFor}
          else least(deadline_at, expires_at) end
        from ripe where t.key = ripe.key and what = 'early')
    select
      to_json(array(select key from due))::text as keys,
      count(*)::text as checked,
      (count(*) filter (where what <> 'due'))::text as tidied
      from ripe`;
}

/** $1 key. */
function settled(table: string): string {
  return `update ${table} set wake_at = least(deadline_at, expires_at)
    where key = $1::text and wake_at is distinct from least(deadline_at, expires_at)`;
}

/** One row of a listing. */
export type ListedRow = readonly [...record: RecordRow, key: string, state: string | null];

/** $1 the key before, or null, $2 first key with the prefix or null, $3 first key behind the prefix or null, $4 state or null, $5 limit. */
function list(table: string): string {
  return `select record, ${lengthUntil('deadline_at')} as deadline_in, key, state from ${table}
    where ($1::text is null or key > $1::text)
      and ($2::text is null or key >= $2::text) and ($3::text is null or key < $3::text)
      and ($4::text is null or state = $4::text) and ${present}
    order by key limit $5::integer`;
}

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
/** The fence of a new grant. A statement that waited for the row has an older timestamp than the one it waited for. */
const newFence = `greatest(coalesce(t.fence, 0) + 2, (extract(epoch from ${now}) * 1000000)::bigint)`;
const ms = (parameter: string) => `${parameter}::float8 * interval '1 ms'`;
const lengthUntil = (instant: string, from: string) =>
  `(extract(epoch from ${instant} - ${from}) * 1000)::float8`;

/** The texts of all statements over one set of tables. */
export interface Statements {
  readonly acquire: string;
  readonly commit: string;
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
    commit: commit(conversation),
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

/** One row of the answer to `acquire`. */
export interface AcquiredRow {
  readonly taken: boolean;
  readonly owner: string;
  /** As text: servers write a float with 15 digits where `extra_float_digits` is 0, as it is by default before version 12. */
  readonly fence: string;
  readonly record: string | null;
  readonly deadline_in: number | null;
  readonly busy: number;
}

/**
 * $1 key, $2 token, $3 lease, $4 channel to be notified by, $5 whether to wait there.
 *
 * A waiter is written as `channel token`, so that the releasing process can notify it. The current holder keeps the fence, and a longer
 * lease; processes of the first edition leave no fence.
 */
function acquire(table: string): string {
  const mine = '(t.owner = excluded.owner and t.fence is not null)';
  const free = `(t.owner is null or t.owner = excluded.owner or t.lease_until <= ${now})`;
  const waiter = `($4::text || ' ' || $2::text)`;
  return `insert into ${table} as t (key, owner, fence, lease_until, expires_at, wake_at)
    values ($1::text, $2::text, (extract(epoch from ${now}) * 1000000)::bigint,
      ${now} + ${ms('$3')}, ${now} + ${emptyFor}, ${now} + ${emptyFor})
    on conflict (key) do update set
      owner = case when ${free} then excluded.owner else t.owner end,
      fence = case when ${mine} is not true and ${free} then ${newFence} else t.fence end,
      lease_until = case
        when ${mine} then least(greatest(t.lease_until, excluded.lease_until), ${now} + ${longest})
        when ${free} or t.lease_until > ${now} + ${longest} then excluded.lease_until
        else t.lease_until end,
      waiters = case
        when ${free} then nullif(array_remove(t.waiters, ${waiter}), '{}')
        when not $5::boolean or coalesce(${waiter} = any(t.waiters), false) then t.waiters
        else array_append(t.waiters, ${waiter}) end
    returning
      t.owner = $2::text as taken, t.owner, coalesce(t.fence, 0)::text as fence,
      case when t.expires_at <= ${now} then null else t.record end as record,
      ${lengthUntil('t.deadline_at', now)} as deadline_in,
      ${lengthUntil('t.lease_until', now)} as busy`;
}

/** The first waiter gets the lease, or nobody does; the channel is where that waiter listens. */
const handOver = `
      owner = split_part(t.waiters[1], ' ', 2),
      fence = case when t.waiters is null then t.fence else ${newFence} end,
      channel = split_part(t.waiters[1], ' ', 1),
      lease_until = ${now} + case when t.waiters is not null then interval '${leaseTimes.handOver} ms' end,
      waiters = nullif(t.waiters[2:], '{}')`;

/** Notifies the next holder, and only one that waits: NOTIFY takes a lock on the whole database. */
const notifyNextHolder =
  "returning case when t.channel is not null then pg_notify(t.channel, t.owner || ' ' || t.fence) end";

/** $1 key, $2 token, $3 fence. */
const ofHolder = 't.key = $1::text and t.owner = $2::text and t.fence = $3::bigint';

/**
 * $4 ms to continue holding or null, $5 record or null, $6 state, $7 ttl or null, $8 deadline or null.
 *
 * One row if it was written. The index trails: `wake_at` is only ever moved earlier here, so that a deadline renewed at every step
 * leaves it alone.
 */
function commit(table: string): string {
  const expiresAt = `${now} + case when $5::text is null then ${emptyFor} else ${ms('$7')} end`;
  const deadlineAt = `${now} + ${ms('$8')}`;
  const keep = '$4::float8 is not null';
  return `update ${table} as t set
      record = $5::text,
      state = $6::text,
      deadline_at = ${deadlineAt},
      expires_at = ${expiresAt},
      wake_at = least(t.wake_at, ${deadlineAt}, ${expiresAt}),
      owner = case when ${keep} then t.owner else split_part(t.waiters[1], ' ', 2) end,
      fence = case when ${keep} then t.fence + 1 when t.waiters is null then t.fence else ${newFence} end,
      channel = case when ${keep} then null else split_part(t.waiters[1], ' ', 1) end,
      lease_until = case
        when ${keep} then greatest(t.lease_until, ${now} + ${ms('$4')})
        when t.waiters is not null then ${now} + interval '${leaseTimes.handOver} ms' end,
      waiters = case when ${keep} then t.waiters else nullif(t.waiters[2:], '{}') end
    where ${ofHolder} ${notifyNextHolder}`;
}

/** One row if the conversation is leased so. */
function holds(table: string): string {
  return `select true from ${table} as t where ${ofHolder}`;
}

/** $4 lease: one row if it was renewed. */
function renew(table: string): string {
  return `update ${table} as t set lease_until = ${now} + ${ms('$4')} where ${ofHolder} returning true`;
}

function release(table: string): string {
  return `update ${table} as t set
      expires_at = case when t.record is null then ${now} + ${emptyFor} else t.expires_at end,
      ${handOver}
    where ${ofHolder} ${notifyNextHolder}`;
}

const present = `record is not null and (expires_at is null or expires_at > ${now})`;

/** One row of the answers that show a record. */
export interface RecordRow {
  readonly record: string;
  readonly deadline_in: number | null;
}

/** $1 key. */
function peek(table: string): string {
  return `select record, ${lengthUntil('deadline_at', now)} as deadline_in
    from ${table} where key = $1::text and ${present}`;
}

/** The result of one poll of the index. */
export interface DueRow {
  /** Keys that were claimed, as a JSON array: not every library reads arrays of the server. */
  readonly keys: string;
  /** Rows that had come up in the index, and how many of them had no deadline that passed. */
  readonly looked: number;
  readonly tidied: number;
}

/**
 * $1 limit, $2 claim, $3 how many rows to look at, $4 prefix of the keys.
 *
 * Claims by moving `wake_at` on, and tidies what else has come up in the index: rows whose index was early are put where they belong,
 * expired ones are deleted. A row that somebody took less than a day ago stays, so that its late commit finds it. It looks at so many
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
      count(*)::integer as looked,
      (count(*) filter (where what <> 'due'))::integer as tidied
      from ripe`;
}

/** $1 key. */
function settled(table: string): string {
  return `update ${table} set wake_at = least(deadline_at, expires_at)
    where key = $1::text and wake_at is distinct from least(deadline_at, expires_at)`;
}

/** One row of a listing. */
export interface ListedRow extends RecordRow {
  readonly key: string;
  readonly state: string | null;
}

/** $1 the key before, or null, $2 first key with the prefix or null, $3 first key behind the prefix or null, $4 state or null, $5 limit. */
function list(table: string): string {
  return `select key, record, state, ${lengthUntil('deadline_at', now)} as deadline_in from ${table}
    where ($1::text is null or key > $1::text)
      and ($2::text is null or key >= $2::text) and ($3::text is null or key < $3::text)
      and ($4::text is null or state = $4::text) and ${present}
    order by key limit $5::integer`;
}

/**
 * The statements, one for each method.
 *
 * A conversation is one row, its lease included. All instants are microseconds since 1970 by the server's clock in UTC: neither the time
 * zone of a session nor a change of daylight saving time reaches them. `utc_timestamp(6)` stays the same within a statement.
 *
 * MySQL and MariaDB evaluate assignments from left to right, but MariaDB under `SIMULTANEOUS_ASSIGNMENT` all at once. The statements below mean
 * the same both ways.
 */

import { leaseTimes } from '@telefsm/core/storage';
import type { Tables } from './names.ts';

/** Now, in µs since 1970. */
const now = "timestampdiff(microsecond, '1970-01-01', utc_timestamp(6))";
const us = (ms: number) => `${ms * 1000}`;
/** A parameter in ms, as µs. */
const parameter = 'round(? * 1000)';
/** Later than every instant; stands for none where the earliest of several is looked for. */
const never = '9007199254740991';
const earliest = (...instants: readonly string[]) =>
  `nullif(least(${instants.map((each) => `coalesce(${each}, ${never})`).join(', ')}), ${never})`;
const msUntil = (instant: string, from: string) => `(${instant} - ${from}) / 1000e0`;

/** How many rows of the index are read at once. Statements over `keys` have that many parameters; fewer keys are filled up with the last. */
export const ripeRows = 100;

/** The texts of all statements over one set of tables. */
export interface Statements {
  /** key, token, lease in ms. */
  readonly acquire: string;
  /** record, state, ttl, deadline, ttl, deadline, key, token, fence; deletes the record where it is null. Times in ms. */
  readonly commit: string;
  /** The same with the lease before the key. */
  readonly commitAndKeep: string;
  /** key, token, fence: one row if that is the holder. */
  readonly holds: string;
  /** lease in ms, key, token, fence. */
  readonly renew: string;
  /** key, token, fence. */
  readonly release: string;
  /** key. */
  readonly peek: string;
  /** prefix length in bytes (twice), prefix: what has come up in the index. An empty text may be null (EMPTY_STRING_IS_NULL). */
  readonly ripe: string;
  /** claim in ms, mark, keys. */
  readonly claim: string;
  /** mark, limit: the keys that were claimed. Without a limit, `sql_select_limit` would apply. */
  readonly claimed: string;
  /** keys: puts rows whose index was early where they belong. */
  readonly tidy: string;
  /** keys: deletes expired rows. */
  readonly sweep: string;
  /** key. */
  readonly settled: string;
  /** First key, key before, first key behind and state, each twice and null for any; limit. */
  readonly list: string;
}

/** Writes the statements for these tables. */
export function statementsOf({ conversation, acquire }: Tables): Statements {
  const holder = '`key` = ? and owner = ? and fence = ?';
  // a statement that changes rows by another index locks all that it reads there, those of other bots, too
  const byKey = `${conversation} as c force index (primary)`;
  const ofKeys = `\`key\` in (${Array.from({ length: ripeRows }, () => '?').join(', ')})`;
  const write = (lease: string) => `update ${conversation} set
      record = ?, state = ?,
      expires_at = ${now} + ${parameter}, deadline_at = ${now} + ${parameter},
      wake_at = ${earliest('wake_at', `${now} + ${parameter}`, `${now} + ${parameter}`)},
      ${lease}
    where ${holder}`;
  return {
    acquire: `call ${acquire}(?, ?, ${parameter})`,
    commit: write('owner = null, lease_until = 0'),
    commitAndKeep: write(
      `fence = fence + 1, lease_until = greatest(lease_until, ${now} + ${parameter})`,
    ),
    holds: `select 1 from ${conversation} where ${holder}`,
    renew: `update ${conversation} set lease_until = ${now} + ${parameter} where ${holder}`,
    release: `update ${conversation} set
        expires_at = if(record is null, ${now} + ${us(leaseTimes.emptyRow)}, expires_at),
        owner = null, lease_until = 0
      where ${holder}`,
    peek: `select record, ${msUntil('deadline_at', now)} as deadline_in from ${conversation}
      where \`key\` = ? and ${present}`,
    ripe: `select \`key\`, case when ${dead} then 'dead' when ${early} then 'early' else 'due' end as what
      from ${conversation} where wake_at <= ${now} and (${early} or ? = 0 or left(\`key\`, ?) = ?)
      order by wake_at limit ${ripeRows}`,
    claim: `update ${byKey} set wake_at = ${now} + ${parameter}, claim = ?
      where ${ofKeys} and wake_at <= ${now} and not ${early}`,
    claimed: `select \`key\` from ${conversation} where claim = ? limit ?`,
    tidy: `update ${byKey} set
        wake_at = if(${expired}, greatest(lease_until, ${now}) + ${us(leaseTimes.emptyRow)}, ${earliest('deadline_at', 'expires_at')})
      where ${ofKeys} and wake_at <= ${now} and ${early} and not ${dead}`,
    sweep: `delete c from ${byKey} where ${ofKeys} and ${dead}`,
    settled: `update ${conversation} set claim = null, wake_at = ${earliest('deadline_at', 'expires_at')} where \`key\` = ?`,
    list: `select \`key\`, record, state, ${msUntil('deadline_at', now)} as deadline_in from ${conversation}
      where (? is null or \`key\` >= ?) and (? is null or \`key\` > ?) and (? is null or \`key\` < ?)
        and (? is null or state = ?) and ${present}
      order by \`key\` limit ?`,
  };
}

const expired = `(expires_at is not null and expires_at <= ${now})`;
/** Expired, or without a deadline that has passed. */
const early = `(${expired} or deadline_at is null or deadline_at > ${now})`;
/** Expired, and nobody acquired it in the last day: a late commit of its holder would still find it. */
const dead = `(${expired} and lease_until < ${now} - ${us(leaseTimes.emptyRow)})`;
const present = `record is not null and (expires_at is null or expires_at > ${now})`;

/**
 * The body of the procedure that acquires a conversation and reads it: `wanted` key, `who` token, `length` of the lease in µs.
 *
 * A procedure, since neither MySQL's `insert … on duplicate key update` nor MariaDB's gives back a row in both: so an update stays at two
 * statements. Between its own two statements only the holder that the first one made may change the row.
 */
export function acquireProcedure({ conversation, acquire }: Tables): string {
  const free = `(owner is null or lease_until <= ${now})`;
  return `create procedure ${acquire}(in wanted varbinary(2048), in who varbinary(255), in length bigint)
    modifies sql data sql security invoker
  begin
    insert into ${conversation} (\`key\`, owner, fence, lease_until, expires_at, wake_at)
      values (wanted, who, ${now}, ${now} + length, ${now} + ${us(leaseTimes.emptyRow)}, ${now} + ${us(leaseTimes.emptyRow)})
      on duplicate key update
        fence = if(not (owner <=> who) and ${free}, greatest(fence + 2, ${now}), fence),
        owner = if(owner <=> who or ${free}, who, owner),
        lease_until = case
          when owner <=> who or ${free} then least(greatest(lease_until, ${now} + length), ${now} + ${us(leaseTimes.longest)})
          when lease_until > ${now} + ${us(leaseTimes.longest)} then ${now} + length
          else lease_until end;
    select owner <=> who as taken, owner, fence, ${msUntil('lease_until', now)} as busy,
        if(${expired}, null, record) as record, ${msUntil('deadline_at', now)} as deadline_in
      from ${conversation} where \`key\` = wanted;
  end`;
}

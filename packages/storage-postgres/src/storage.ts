/** The storage over PostgreSQL: what core asks for, in statements, and their answers read. */

import { FsmError, type FsmStorage, type StoredText } from '@telefsm/core';
import { checkOptionNames, leaseTimes, sharedLeases, type Write } from '@telefsm/core/storage';
import { type Answer, byPosition, type PostgresClient, type Value } from './client.ts';
import { driverOf } from './driver.ts';
import { classify, codeOf, explained } from './faults.ts';
import { prepare } from './migrate.ts';
import { type PostgresNames, tablesOf } from './names.ts';
import {
  type AcquiredRow,
  type DueRow,
  type HolderRow,
  type ListedRow,
  type RecordRow,
  statementsOf,
} from './statements.ts';
import { afterPrefix, fromStorable, toStorable } from './text.ts';
import { wakeUpsOver } from './wake-ups.ts';

/** How {@link postgresStorage} finds its tables. */
export interface PostgresStorageOptions extends PostgresNames {
  /** Whether to make or change the tables at first use, where the role may. Default: `true`. */
  readonly migrate?: boolean;
  /**
   * Whether statements are named, so that each connection plans them once and sends their text once. Default: `true` with `pg`, `false`
   * with `postgres`.
   *
   * If a pooler does not support named statements, a statement of `pg` that fails for its name is sent again, and later ones are sent
   * without names. Set `false` where a pooler must never see one, such as RDS Proxy, which keeps a connection for each client that has named a
   * statement. With `postgres`, say `true` only without a pooler: its names are not the same on two connections.
   */
  readonly prepare?: boolean;
}

/** A storage that supports every feature. */
export type PostgresStorage = Required<Omit<FsmStorage, 'nextDueIn'>>;

/** The SQLSTATEs of a table or a schema that does not exist. */
const missingTable = /^(42P01|3F000)$/;

/** How many conversations a listing reads with one statement. */
const pageSize = 500;

/** How many rows of the index one statement of `due` checks, at least, and how many a call tidies, at most. */
const fewestChecked = 100;
const tidyAtMost = 1000;

/**
 * Keeps conversations in PostgreSQL: two statements an update, no transaction and no connection kept while a handler runs.
 *
 * Works behind poolers that change connections between statements (pgbouncer in transaction mode); there LISTEN does not, and core asks
 * again instead of waiting for a notification. While something waits across processes, one connection of the pool is kept for listening:
 * the pool needs at least two, and `close()` gives it back. Expired rows are deleted by `due`, 1,000 a call.
 *
 * @param pool - a `Pool` of `pg` or `@neondatabase/serverless`, the result of `postgres()`, a `PGlite`, or a `SQL` of Bun; it stays open
 * @throws FsmError `INVALID_OPTION` for a name that is not plain, or another kind of client
 *
 * @example
 * ```ts
 * import { postgresStorage } from '@telefsm/storage-postgres';
 * import { Pool } from 'pg';
 *
 * const storage = postgresStorage(new Pool({ connectionString: process.env['DATABASE_URL'] }));
 * ```
 */
export function postgresStorage(
  pool: PostgresClient,
  options: PostgresStorageOptions = {},
): PostgresStorage {
  const { migrate = true, prepare: named } = options;
  checkOptionNames(options, 'schema', 'table', 'migrate', 'prepare');
  for (const [option, found] of Object.entries({ migrate, prepare: named })) {
    if (found === undefined || typeof found === 'boolean') continue;
    throw new FsmError('INVALID_OPTION', {
      option,
      expected: 'true or false',
      found: String(found),
    });
  }
  const tables = tablesOf(options);
  const statements = statementsOf(tables);
  const driver = driverOf(pool, named);
  const wakeUps = wakeUpsOver(driver, statements.notify);
  let isPrepared = false;
  let checking: Promise<void> | undefined;

  return {
    features: {
      shared: true,
      fencing: true,
      ttl: true,
      deadlines: true,
      list: true,
      get parallel() {
        return driver.atOnce();
      },
    },
    coordination: sharedLeases,
    classify,

    async acquire(key, { token, lease, queue }) {
      const name = toStorable(key);
      const waits = queue && wakeUps.arrives();
      const waiter = `${wakeUps.channel()} ${token}`;
      for (;;) {
        const taken = await run<AcquiredRow>(statements.acquire, name, token, lease, waiter);
        // a client that cannot serve is found before a handler runs
        changedBy(taken);
        const [free] = taken.rows;
        if (free !== undefined) {
          const [fence, record, deadlineIn] = free;
          const stored = record === null ? undefined : storedText([record, deadlineIn]);
          return { fence: Number(fence), stored };
        }
        const { rows: held } = await run<HolderRow>(
          statements.wait,
          ...[name, token, lease, waiter, waits],
        );
        // none if it was released between the two statements
        if (held[0] === undefined) continue;
        const [owner, fence, busy] = held[0];
        return { busy: Math.max(0, Number(busy)), owner, fence: Number(fence) };
      }
    },

    async commit(key, { token, fence }, write, keep) {
      const name = toStorable(key);
      const values: Value[] = [name, token, fence, ...valuesOf(write)];
      const written =
        keep === undefined
          ? await run(statements.commit, ...values)
          : await run(statements.commitAndKeep, ...values, keep);
      if (changedBy(written) === 1) return 'done';
      if (keep === undefined) return 'rejected';
      // A statement of its own: one that waited for an earlier copy of itself would still see what was before that copy.
      const { rows } = await run(statements.holds, name, token, fence + 1);
      return rows.length > 0 ? 'already' : 'rejected';
    },

    async renew(key, { token, fence }, lease) {
      return changedBy(await run(statements.renew, toStorable(key), token, fence, lease)) === 1;
    },

    async release(key, { token, fence }) {
      await run(statements.release, toStorable(key), token, fence);
    },

    async peek(key) {
      const { rows } = await run<RecordRow>(statements.peek, toStorable(key));
      return rows[0] && storedText(rows[0]);
    },

    granted: (listener) => wakeUps.granted(listener),

    async due(limit, claim, prefix = '') {
      const size = Math.max(limit, fewestChecked);
      for (let tidied = 0; ; ) {
        const values = [limit, claim, size, toStorable(prefix)];
        const [row] = (await run<DueRow>(statements.due, ...values)).rows;
        const [claimed, checked, moved] = row ?? ['[]', '0', '0'];
        const keys = JSON.parse(claimed) as string[];
        tidied += Number(moved);
        // Only rows to tidy: there may be due ones behind them.
        const goOn = keys.length === 0 && Number(checked) === size && tidied < tidyAtMost;
        if (!goOn) return keys.map(fromStorable);
      }
    },

    async settled(key) {
      await run(statements.settled, toStorable(key));
    },

    async *list({ prefix = '', state: only, limit = Number.POSITIVE_INFINITY, after }) {
      // Half a surrogate pair at the end would be written otherwise than the same half within a pair: such keys are distinguished here.
      const from = toStorable(prefix.replace(/[\ud800-\udbff]$/, ''));
      const to = afterPrefix(from) ?? null;
      const wanted = only === undefined ? null : toStorable(only);
      let last = after === undefined ? null : toStorable(after);
      for (let left = limit; left > 0; ) {
        const size = Math.min(left, pageSize);
        const values = [last, from, to, wanted, size];
        const { rows: page } = await run<ListedRow>(statements.list, ...values);
        for (const row of page) {
          const [record, deadlineIn, name, found] = row;
          const key = fromStorable(name);
          if (!key.startsWith(prefix)) continue;
          const state = found === null ? null : fromStorable(found);
          yield { key, stored: storedText([record, deadlineIn]), state };
          left -= 1;
        }
        const end = page.at(-1);
        if (end === undefined || page.length < size) return;
        [, , last] = end;
      }
    },

    close() {
      wakeUps.close();
      driver.detach();
    },
  };

  /**
   * Runs a statement, the first time after a check of the tables. If the check fails, the next statement repeats it.
   *
   * Not async: that would cost one more promise per statement.
   */
  function run<Row extends readonly unknown[]>(
    text: string,
    ...values: Value[]
  ): Promise<Answer<Row>> {
    const send = () => driver.query(text, values);
    return (isPrepared ? send() : checked().then(send)).then(byPosition<Row>, failed);
  }

  /** Checks the tables, once for all statements that wait for it. */
  function checked(): Promise<void> {
    checking ??= prepare(driver, tables, migrate)
      .then(() => {
        isPrepared = true;
      })
      .finally(() => {
        checking = undefined;
      });
    return checking;
  }

  function failed(error: unknown): never {
    // dropped, or another database restored in its place: the next statement checks the tables again, and creates them
    if (missingTable.test(String(codeOf(error)))) isPrepared = false;
    throw explained(error, tables.conversation);
  }
}

/** $4 and those behind it. An empty row stays for a while, so that a stateless conversation isn't inserted and deleted with every update. */
function valuesOf(write: Write | undefined): readonly Value[] {
  if (write === undefined) return [null, null, leaseTimes.emptyRow, null];
  const { text, state, ttl, deadlineIn } = write;
  return [
    toStorable(text),
    state === null ? null : toStorable(state),
    ttl ?? null,
    deadlineIn ?? null,
  ];
}

/** How many rows a statement has changed. Without the number, each commit would look as if another process had overtaken it. */
function changedBy({ rowCount }: Answer<unknown>): number {
  if (typeof rowCount === 'number') return rowCount;
  throw new FsmError('INVALID_OPTION', {
    option: 'pool',
    expected: "a Pool whose connections answer `rowCount`, as those of 'pg' do",
    found: `an answer whose rowCount is ${rowCount}`,
  });
}

function storedText([record, deadlineIn]: RecordRow): StoredText {
  const text = fromStorable(record);
  return deadlineIn === null ? { text } : { text, deadlineIn: Number(deadlineIn) };
}

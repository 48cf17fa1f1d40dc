/** The storage over MySQL and MariaDB: what core asks for, in statements, and their answers read. */

import { FsmError, type FsmStorage } from '@telefsm/core';
import {
  type CommitAnswer,
  checkOptionNames,
  type LeaseHolder,
  leaseTimes,
  sharedLeases,
  type Write,
} from '@telefsm/core/storage';
import {
  type AcquiredRow,
  type Changed,
  type ListedRow,
  listed,
  type RecordRow,
  readText,
  storedText,
} from './answers.ts';
import { afterPrefix, toBytes } from './bytes.ts';
import { connectionsOf, type MysqlPool, poolOf, type Value } from './client.ts';
import { dueOf } from './deadlines.ts';
import { executeOn } from './executing.ts';
import { classify, codeOf, explained } from './faults.ts';
import { type Limits, prepare } from './migrate.ts';
import { type MysqlNames, tablesOf } from './names.ts';
import { statementsOf } from './statements.ts';

/** How {@link mysqlStorage} finds its tables. */
export interface MysqlStorageOptions extends MysqlNames {
  /** Whether to create or change the tables at first use, where the user may. Default: `true`. */
  readonly migrate?: boolean;
}

/** A storage without wake-ups: these servers send no messages, so waiting processes ask again. */
export type MysqlStorage = Required<Omit<FsmStorage, 'granted' | 'nextDueIn' | 'close'>>;

/** How many conversations a listing reads with one statement. */
const pageSize = 500;

/**
 * Keeps conversations in MySQL (8.0 or newer) or MariaDB (10.6 or newer): two statements an update, no transaction and no connection kept
 * while a handler runs.
 *
 * @param pool - a pool of `mysql2` or `mysql2/promise`; it stays open
 * @throws FsmError `INVALID_OPTION` for a name that is not plain, or another kind of client
 *
 * @example
 * ```ts
 * import { mysqlStorage } from '@telefsm/storage-mysql';
 * import { createPool } from 'mysql2/promise';
 *
 * const storage = mysqlStorage(createPool(process.env['DATABASE_URL'] ?? ''));
 * ```
 */
export function mysqlStorage(pool: MysqlPool, options: MysqlStorageOptions = {}): MysqlStorage {
  const callbacks = poolOf(pool);
  const { migrate = true } = options;
  checkOptionNames(options, 'database', 'table', 'migrate');
  if (typeof migrate !== 'boolean') {
    const found = String(migrate);
    throw new FsmError('INVALID_OPTION', { option: 'migrate', expected: 'true or false', found });
  }
  const tables = tablesOf(options);
  const statements = statementsOf(tables);
  let limits: Limits | undefined;
  let checking: Promise<Limits> | undefined;
  /** Whether a statement has found that something does not exist. */
  let isMissing = false;

  return {
    features: {
      shared: true,
      fencing: true,
      ttl: true,
      deadlines: true,
      list: true,
      parallel: connectionsOf(callbacks),
    },
    coordination: sharedLeases,
    classify,

    acquire(key, { token, lease }) {
      const values = [toBytes(key), toBytes(token), lease];
      return run(statements.acquire, values, ([[row]]: [[AcquiredRow], Changed]) => {
        const { taken, busy } = row;
        const owner = row.owner === null ? '' : readText(row.owner);
        // a pool may be configured to give large numbers as texts
        const fence = Number(row.fence);
        if (Number(taken) === 1) return { fence, stored: storedText(row) };
        const ms = Math.max(0, Number(busy));
        return { busy: ms, owner, fence };
      });
    },

    commit(key, holder, next, keep) {
      return keep === undefined
        ? change(statements.commit, [...valuesOf(next), ...named(key, holder)], doneIf)
        : commitAndKeep(key, holder, next, keep);
    },

    renew(key, holder, lease) {
      return change(statements.renew, [lease, ...named(key, holder)], (changed) => changed > 0);
    },

    release(key, holder) {
      return change(statements.release, named(key, holder), () => undefined);
    },

    async peek(key) {
      const [row] = await run<readonly RecordRow[]>(statements.peek, [toBytes(key)]);
      return row && storedText(row);
    },

    due: dueOf({ run, change, statements }),

    async settled(key) {
      await change(statements.settled, [toBytes(key)]);
    },

    async *list({ prefix = '', state, limit = Number.POSITIVE_INFINITY, after }) {
      // half of a surrogate pair at the end is no prefix of the bytes of a whole pair: such keys are distinguished here
      const from = toBytes(prefix.replace(/[\ud800-\udbff]$/, ''));
      const to = afterPrefix(from) ?? null;
      const wanted = state === undefined ? null : toBytes(state);
      let last = after === undefined ? null : toBytes(after);
      for (let left = limit; left > 0; ) {
        const size = Math.min(left, pageSize);
        const bounds = [from, from, last, last, to, to, wanted, wanted, String(size)];
        const page = await run<readonly ListedRow[]>(statements.list, bounds);
        for (const row of page) {
          const found = listed(row);
          if (found === undefined || !found.key.startsWith(prefix)) continue;
          yield found;
          left -= 1;
        }
        const end = page.at(-1);
        if (end === undefined || page.length < size) return;
        last = end.key;
      }
    },
  };

  async function commitAndKeep(
    key: string,
    holder: LeaseHolder,
    next: Write | undefined,
    keep: number,
  ): Promise<CommitAnswer> {
    const values = [...valuesOf(next), keep, ...named(key, holder)];
    if ((await change(statements.commitAndKeep, values)) > 0) return 'done';
    const kept = { token: holder.token, fence: holder.fence + 1 };
    const rows = await run<readonly unknown[]>(statements.holds, named(key, kept));
    return rows.length > 0 ? 'already' : 'rejected';
  }

  /**
   * Runs a statement, the first time after a check of the tables; a check that failed is repeated by the next statement.
   *
   * Not async: that would cost one more promise per statement.
   *
   * @param read - converts the answer for the caller
   */
  function run<Given, Answer = Given>(
    text: string,
    values: Value[],
    read?: (given: Given) => Answer,
  ): Promise<Answer> {
    const asked =
      limits === undefined
        ? checked().then((found) => execute(found, text, values))
        : execute(limits, text, values);
    return asked.then(read as (given: unknown) => Answer, failed);
  }

  function execute({ bytes: most }: Limits, text: string, values: Value[]): Promise<unknown> {
    // the server would cut the connection, perhaps before its answer is read
    let bytes = 0;
    for (const value of values) bytes += Buffer.isBuffer(value) ? value.length : 8;
    if (bytes <= most) return executeOn(callbacks, text, values, tables.conversation);
    return Promise.reject(new FsmError('RECORD_TOO_LARGE', { bytes, limit: most }));
  }

  function failed(error: unknown): never {
    // dropped, or another database restored in its place: the next statement creates what is missing
    if (/^ER_(NO_SUCH_TABLE|SP_DOES_NOT_EXIST)$/.test(codeOf(error))) {
      isMissing = true;
      limits = undefined;
    }
    throw explained(error, tables.conversation);
  }

  /** Checks the tables, once for all statements that wait for it. */
  async function checked(): Promise<Limits> {
    checking ??= prepare(callbacks, tables, migrate, isMissing).finally(() => {
      checking = undefined;
    });
    limits = await checking;
    isMissing = false;
    return limits;
  }

  /** Runs a statement that changes rows, and reads how many it has changed. */
  function change<Answer = number>(
    text: string,
    values: Value[],
    read?: (changed: number) => Answer,
  ): Promise<Answer> {
    return run(text, values, ({ affectedRows }: Changed) =>
      read === undefined ? (affectedRows as Answer) : read(affectedRows),
    );
  }
}

function doneIf(changed: number): CommitAnswer {
  return changed > 0 ? 'done' : 'rejected';
}

function named(key: string, { token, fence }: LeaseHolder): Value[] {
  return [toBytes(key), toBytes(token), fence];
}

/** The values of a write; without a record the row stays for a while, with its fence. */
function valuesOf(next: Write | undefined): Value[] {
  if (next === undefined) return [null, null, leaseTimes.emptyRow, null, leaseTimes.emptyRow, null];
  const { text, state, ttl = null, deadlineIn = null } = next;
  const bytes = state === null ? null : toBytes(state);
  return [toBytes(text), bytes, ttl, deadlineIn, ttl, deadlineIn];
}

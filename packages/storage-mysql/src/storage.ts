/** The storage over MySQL and MariaDB: what core asks for, in statements, and their answers read. */

import { randomUUID } from 'node:crypto';
import { FsmError, type FsmStorage } from '@telefsm/core';
import {
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
  requireBytes,
  requireCommitted,
  storedText,
} from './answers.ts';
import { afterPrefix, fromBytes, toBytes } from './bytes.ts';
import { answerOf, connectionsOf, type MysqlPool, poolOf, type Value } from './client.ts';
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

/** How many conversations a listing reads at once. */
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

    async acquire(key, { token, lease }) {
      const [[row], called] = await run<[[AcquiredRow], Changed]>(
        statements.acquire,
        toBytes(key),
        toBytes(token),
        lease,
      );
      requireCommitted(called, tables.conversation);
      requireBytes(row.owner);
      const { taken, owner, busy } = row;
      // a pool may be configured to give large numbers as texts
      const fence = Number(row.fence);
      if (Number(taken) === 1) return { fence, stored: storedText(row) };
      const ms = Math.max(0, Number(busy));
      return { busy: ms, owner: owner === null ? '' : fromBytes(owner), fence };
    },

    async commit(key, holder, next, keep) {
      const { text, state, ttl, deadlineIn } = writeOf(next);
      const times = [ttl, deadlineIn, ttl, deadlineIn];
      const write: Value[] = [text, state, ...times];
      const written =
        keep === undefined
          ? await change(statements.commit, ...write, ...named(key, holder))
          : await change(statements.commitAndKeep, ...write, keep, ...named(key, holder));
      if (written > 0) return 'done';
      if (keep === undefined) return 'rejected';
      const kept = { token: holder.token, fence: holder.fence + 1 };
      const rows = await run<readonly unknown[]>(statements.holds, ...named(key, kept));
      return rows.length > 0 ? 'already' : 'rejected';
    },

    async renew(key, holder, lease) {
      return (await change(statements.renew, lease, ...named(key, holder))) > 0;
    },

    async release(key, holder) {
      await change(statements.release, ...named(key, holder));
    },

    async peek(key) {
      const [row] = await run<readonly RecordRow[]>(statements.peek, toBytes(key));
      return row && storedText(row);
    },

    async due(limit, claim, prefix = '') {
      const isDue = await run<readonly unknown[]>(statements.isDue);
      if (isDue.length === 0) return [];
      await change(statements.tidy);
      await change(statements.sweep);
      const mark = Buffer.from(randomUUID());
      const bytes = toBytes(prefix);
      const most = String(limit);
      const claimed = await change(statements.claim, claim, mark, bytes.length, bytes, most);
      if (claimed === 0) return [];
      const rows = await run<readonly { readonly key: Buffer }[]>(statements.claimed, mark);
      return rows.map((row) => fromBytes(row.key));
    },

    async settled(key) {
      await change(statements.settled, toBytes(key));
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
        const page = await run<readonly ListedRow[]>(statements.list, ...bounds);
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

  /** Runs a statement, the first time after a check of the tables; a check that failed is repeated by the next statement. */
  async function run<Answer>(text: string, ...values: Value[]): Promise<Answer> {
    try {
      limits ??= await checked();
      // the server would cut the connection, perhaps before its answer is read
      let bytes = 0;
      for (const value of values) bytes += bytesOf(value);
      if (bytes > limits.bytes)
        throw new FsmError('RECORD_TOO_LARGE', { bytes, limit: limits.bytes });
      const answer = await answerOf((answered) => callbacks.execute(text, values, answered));
      return answer as Answer;
    } catch (error) {
      // dropped, or another database restored in its place: the next statement creates what is missing
      if (/^ER_(NO_SUCH_TABLE|SP_DOES_NOT_EXIST)$/.test(codeOf(error))) {
        isMissing = true;
        limits = undefined;
      }
      throw explained(error, tables.conversation);
    }
  }

  /** Checks the tables, once for all statements that wait for it. */
  async function checked(): Promise<Limits> {
    checking ??= prepare(callbacks, tables, migrate, isMissing).finally(() => {
      checking = undefined;
    });
    const found = await checking;
    isMissing = false;
    return found;
  }

  /** Runs a statement that changes rows. */
  async function change(text: string, ...values: Value[]): Promise<number> {
    const changed = await run<Changed>(text, ...values);
    requireCommitted(changed, tables.conversation);
    return changed.affectedRows;
  }
}

function bytesOf(value: Value): number {
  return Buffer.isBuffer(value) ? value.length : 8;
}

function named(key: string, { token, fence }: LeaseHolder): Value[] {
  return [toBytes(key), toBytes(token), fence];
}

/** The values of a write; without a record the row stays for a while, with its fence. */
function writeOf(next: Write | undefined) {
  if (next === undefined)
    return { text: null, state: null, ttl: leaseTimes.emptyRow, deadlineIn: null };
  return {
    text: toBytes(next.text),
    state: next.state === null ? null : toBytes(next.state),
    ttl: next.ttl ?? null,
    deadlineIn: next.deadlineIn ?? null,
  };
}

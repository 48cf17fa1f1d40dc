/** The used parts of `mysql2`, in one shape. */

import { FsmError } from '@telefsm/core';

/** A pool of `mysql2`, with callbacks or with promises. */
export type MysqlPool = MysqlCallbackPool | MysqlPromisePool;

/** The used part of a pool of `mysql2`. */
export interface MysqlCallbackPool {
  execute(statement: string, values: Value[], answered: Answered<unknown>): unknown;
  query(statement: string, answered: Answered<Row[]>): unknown;
  getConnection(answered: Answered<MysqlConnection>): void;
  readonly config?: { readonly connectionLimit?: number };
}

/** The used part of a pool of `mysql2/promise`: the pool with callbacks that it wraps. */
export interface MysqlPromisePool {
  readonly pool: MysqlCallbackPool;
}

/** The used part of a connection from a {@link MysqlCallbackPool}. */
export interface MysqlConnection {
  query(statement: string, values: Value[], answered: Answered<Row[]>): unknown;
  release(): void;
}

/** Gets an error, or `null` and the answer. */
export type Answered<Answer> = (error: Error | null, answer: Answer) => void;

/** A row, by the names of its columns. */
export type Row = Readonly<Record<string, unknown>>;

/** A value of a statement. Keys, states and tokens are bytes: no collation may fold or pad them. */
export type Value = string | number | Buffer | null;

/** The number of connections of a `mysql2` pool that sets none. */
const defaultConnections = 10;

/**
 * The pool with callbacks: the given one, or the one beneath a pool with promises.
 *
 * @throws FsmError `INVALID_OPTION` for a single connection, or anything else
 */
export function poolOf(given: MysqlPool): MysqlCallbackPool {
  const { pool }: Partial<MysqlPromisePool> = Object(given);
  const found = (pool ?? given) as MysqlCallbackPool;
  const { execute, getConnection }: Partial<MysqlCallbackPool> = Object(found);
  if (typeof execute === 'function' && typeof getConnection === 'function') return found;
  throw new FsmError('INVALID_OPTION', {
    option: 'pool',
    expected: "a pool as createPool() of 'mysql2' or 'mysql2/promise' makes it",
    found: `${typeof given} without execute() and getConnection()`,
  });
}

/**
 * The answer to a call, as a promise.
 *
 * The promises of `mysql2` capture a stack for every statement, which takes longer than the rest of the driver.
 */
export function answerOf<Answer>(call: (answered: Answered<Answer>) => unknown): Promise<Answer> {
  return new Promise((resolve, reject) => {
    call((error, answer) => {
      if (error) reject(error);
      else resolve(answer);
    });
  });
}

/** How many statements the pool executes at once. */
export function connectionsOf({ config }: MysqlCallbackPool): number {
  return config?.connectionLimit ?? defaultConnections;
}

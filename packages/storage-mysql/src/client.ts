/** The used parts of `mysql2`, in one shape. */

import { FsmError } from '@telefsm/core';

/** A pool of `mysql2`, with callbacks or with promises. */
export type MysqlPool = MysqlCallbackPool | MysqlPromisePool;

/** The used part of a pool of `mysql2`, or of the pools that `of()` of a pool cluster chooses. */
export interface MysqlCallbackPool {
  query(statement: string, answered: Answered<Row[]>): Sent;
  getConnection(answered: Answered<MysqlConnection>): void;
  readonly config?: { readonly connectionLimit?: number };
}

/** The used part of a pool of `mysql2/promise`, or of your wrapper of a pool: the pool that it wraps. */
export interface MysqlPromisePool {
  readonly pool: MysqlPool;
}

/** The value that a method with a callback returns: nothing, or a command of `mysql2`. A promise is neither. */
export type Sent = { on(event: string, listener: () => void): unknown } | void;

/** The used part of a connection from a {@link MysqlCallbackPool}. */
export interface MysqlConnection {
  execute(statement: string, values: Value[], answered: Answered<unknown>): Sent;
  query(statement: string, values: Value[], answered: Answered<Row[]>): Sent;
  release(): void;
  destroy(): void;
}

/** Gets an error, or `null` and the answer. */
export type Answered<Answer> = (error: Error | null, answer: Answer) => void;

/** A row, by the names of its columns. */
export type Row = Readonly<Record<string, unknown>>;

/** A value of a statement. Keys, states and tokens are bytes: no collation may fold or pad them. */
export type Value = string | number | Buffer | null;

/** The number of connections of a `mysql2` pool that sets none. */
const defaultConnections = 10;

/** How many wrappers a pool may have; more are wrappers of each other. */
const mostWrappers = 10;

/**
 * The pool with callbacks: the given one, or the one beneath its wrappers with promises.
 *
 * @throws FsmError `INVALID_OPTION` for a single connection, or anything else
 */
export function poolOf(given: MysqlPool): MysqlCallbackPool {
  let found: unknown = given;
  for (let wrappers = 0; wrappers < mostWrappers; wrappers++) {
    const wrapped = wrappedIn(found);
    if (wrapped === undefined) break;
    found = wrapped;
  }
  const { query, getConnection }: Partial<MysqlCallbackPool> = Object(found);
  if (typeof query === 'function' && typeof getConnection === 'function')
    return found as MysqlCallbackPool;
  throw notServed(`${typeof given} without query() and getConnection()`);
}

/** The object beneath a pool, beneath the pools of a cluster (in mysql2 3.9 named `poolCluster`), or beneath a cluster. */
function wrappedIn(wrapper: unknown): unknown {
  const { pool, poolNamespace, poolCluster } = Object(wrapper);
  return pool ?? poolNamespace ?? poolCluster;
}

function notServed(found: string): FsmError<'INVALID_OPTION'> {
  return new FsmError('INVALID_OPTION', {
    option: 'pool',
    expected:
      "a pool as createPool() of 'mysql2' or 'mysql2/promise' makes it, or a wrapper with that pool as its member pool",
    found,
  });
}

/**
 * Makes the error for a pool that answers in another shape: each later answer would be misread.
 *
 * @param found - names types and columns only: the values are data of users
 */
export function otherRows(found: string): FsmError<'INVALID_OPTION'> {
  return new FsmError('INVALID_OPTION', {
    option: 'pool',
    expected:
      'a pool that returns rows as objects and bytes as Buffers, without `rowsAsArray`, `nestTables` or a `typeCast` that changes them',
    found,
  });
}

/**
 * The answer to a call, as a promise.
 *
 * The promises of `mysql2` capture a stack for every statement, which takes longer than the rest of the driver.
 *
 * @throws FsmError `INVALID_OPTION` if the method returns a promise, because such a method never calls back
 */
export function answerOf<Answer>(call: (answered: Answered<Answer>) => Sent): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = call((error, answer) => {
      if (error) reject(error);
      else resolve(answer);
    });
    if (!isPromise(sent)) return;
    sent.then(undefined, () => {});
    reject(notServed('an object whose methods return promises'));
  });
}

/** The commands of `mysql2` have a method `then` too, which throws. */
function isPromise(sent: unknown): sent is PromiseLike<unknown> {
  const { then, on } = Object(sent);
  return typeof then === 'function' && typeof on !== 'function';
}

/** How many statements the pool executes at the same time. */
export function connectionsOf({ config }: MysqlCallbackPool): number {
  return config?.connectionLimit ?? defaultConnections;
}

/** The used parts of `mysql2`, in one shape. */

import { FsmError } from '@telefsm/core';

/** The used part of a pool of `mysql2/promise`. */
export interface MysqlPool {
  execute(statement: string, values: Value[]): Promise<[unknown, unknown]>;
  query(statement: string): Promise<[unknown, unknown]>;
  getConnection(): Promise<MysqlConnection>;
  readonly pool?: { readonly config?: { readonly connectionLimit?: number } };
}

/** The used part of a connection from a {@link MysqlPool}. */
export interface MysqlConnection {
  query(statement: string, values?: Value[]): Promise<[unknown, unknown]>;
  release(): void;
  destroy(): void;
}

/** A value of a statement. Keys, states and tokens are bytes: no collation may fold or pad them. */
export type Value = string | number | Buffer | null;

/** The number of connections of a `mysql2` pool that sets none. */
const defaultConnections = 10;

/**
 * Checks that a client is a promise pool.
 *
 * @throws FsmError `INVALID_OPTION` for a pool of `mysql2` without promises, a single connection, or anything else
 */
export function checkPool(pool: MysqlPool): void {
  const given: Partial<MysqlPool> & { readonly promise?: unknown } = Object(pool);
  if (typeof given.promise === 'function')
    throw notAPool('a pool of mysql2 with callbacks: pass pool.promise()');
  if (typeof given.execute !== 'function' || typeof given.getConnection !== 'function')
    throw notAPool(`${typeof pool} without execute() and getConnection()`);
}

/** How many statements the pool executes at once. */
export function connectionsOf(pool: MysqlPool): number {
  return pool.pool?.config?.connectionLimit ?? defaultConnections;
}

function notAPool(found: string): FsmError<'INVALID_OPTION'> {
  const expected = "a pool of 'mysql2/promise', as createPool() makes it";
  return new FsmError('INVALID_OPTION', { option: 'pool', expected, found });
}

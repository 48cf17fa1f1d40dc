/** One shape for all clients. */

import { FsmError } from '@telefsm/core';
import {
  type Driver,
  type PgliteClient,
  type PostgresClient,
  type PostgresSql,
  usualConnections,
  type Value,
} from './client.ts';
import { overPool } from './pool.ts';

/**
 * Brings a client to the shape of a {@link Driver}.
 *
 * @param prepare - whether statements are named, so that each connection plans them once. By default those of `pg` are, until the server
 *   shows that connections change under the names. `postgres` counts its names anew on each connection, so that behind a pooler a name may
 *   run another statement
 * @throws FsmError `INVALID_OPTION` for what is neither
 */
export function driverOf(client: PostgresClient, prepare?: boolean): Driver {
  // the unsafe() of neon() makes a part of a statement, and runs none
  if (has(client, 'unsafe') && !isNeonOverHttp(client)) return overSql(client, prepare ?? false);
  if (has(client, 'connect') && !isOneConnection(client)) return overPool(client, prepare ?? true);
  if (has(client, 'query') && has(client, 'listen')) return overPglite(client);
  throw new FsmError('INVALID_OPTION', {
    option: 'pool',
    expected:
      "a Pool of 'pg' or '@neondatabase/serverless', the result of postgres() from 'postgres', a Bun.SQL or a PGlite",
    found: foundIn(client),
  });
}

/** Whether a client has a method, and so is one of those that have it. */
function has<Name extends 'unsafe' | 'query' | 'connect' | 'listen'>(
  client: PostgresClient,
  name: Name,
): client is Extract<PostgresClient, { readonly [Key in Name]?: unknown }> {
  const given: { readonly [Key in Name]?: unknown } = Object(client);
  return typeof given[name] === 'function';
}

function foundIn(client: unknown): string {
  if (isOneConnection(client)) return 'a single connection';
  return isNeonOverHttp(client)
    ? "neon() of '@neondatabase/serverless'; pass its Pool"
    : `${typeof client} without connect() or unsafe()`;
}

/** A `Client` of `pg` or Neon, of a pool or not: it escapes, which its pool does not. */
function isOneConnection(client: unknown): boolean {
  return typeof Object(client).escapeLiteral === 'function';
}

function isNeonOverHttp(client: unknown): boolean {
  return typeof client === 'function' && 'transaction' in client && !('begin' in client);
}

function overSql(sql: PostgresSql, prepare: boolean): Driver {
  return {
    atOnce: () => sql.options?.max ?? usualConnections,
    async query(text: string, values: Value[]) {
      const answer = await sql.unsafe(text, values, { prepare });
      return { rows: Array.from(answer), rowCount: answer.count ?? null };
    },
    // The library opens its own connection for listening, shares it and opens it again by itself; it reports nothing, so whether
    // messages still arrive is found out by asking again.
    async listen(channel, receive) {
      if (sql.listen === undefined) throw new Error('This client cannot listen.');
      const subscription = await sql.listen(channel, receive);
      return () => {
        subscription.unlisten().catch(() => {});
      };
    },
    detach() {},
  };
}

function overPglite(client: PgliteClient): Driver {
  return {
    // it has one session, in which statements and messages take turns
    atOnce: () => 1,
    async query(text: string, values: Value[]) {
      const { rows, affectedRows } = await client.query(text, values);
      return { rows, rowCount: affectedRows ?? null };
    },
    async listen(channel, receive) {
      const stop = await client.listen(channel, receive);
      return () => {
        stop().catch(() => {});
      };
    },
    detach() {},
  };
}

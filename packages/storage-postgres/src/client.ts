/** The used parts of PostgreSQL client libraries, and one shape for `pg` and `postgres`. */

import { createHash } from 'node:crypto';
import { FsmError } from '@telefsm/core';
import { codeOf } from './faults.ts';

/** The used part of a `Pool` of `pg`. */
export interface PgPool {
  readonly options?: { readonly max?: number | undefined };
  query(
    statement: string | { readonly name: string; readonly text: string },
    values: unknown[],
  ): Promise<{ readonly rows: readonly unknown[]; readonly rowCount: number | null }>;
  /** Only for waiting: one connection is kept from the first contention on. */
  connect(): Promise<PgPoolClient>;
  on?(event: 'error', listener: (error: Error) => void): unknown;
  off?(event: 'error', listener: (error: Error) => void): unknown;
}

/** The used part of a connection from a {@link PgPool}. */
export interface PgPoolClient {
  query(text: string): Promise<unknown>;
  on(event: 'notification', listener: (message: PgNotification) => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
  on(event: 'end', listener: () => void): unknown;
  release(destroy?: boolean): void;
}

/** A message of `NOTIFY`, as `pg` hands it on. */
export interface PgNotification {
  readonly channel: string;
  readonly payload?: string | undefined;
}

/** The used part of the result of `postgres()` from the package `postgres`, and of `Bun.SQL`, which cannot listen. */
export interface PostgresSql {
  readonly options?: { readonly max?: number | undefined };
  unsafe(
    text: string,
    values: (string | number | boolean | null)[],
    options?: { readonly prepare: boolean },
  ): PromiseLike<ArrayLike<unknown> & { readonly count?: number | null }>;
  listen?(
    channel: string,
    onPayload: (payload: string) => void,
  ): Promise<{ unlisten(): Promise<unknown> }>;
}

/** The used part of a `PGlite` of `@electric-sql/pglite`: PostgreSQL in the process. */
export interface PgliteClient {
  query(
    text: string,
    values: unknown[],
  ): Promise<{ readonly rows: readonly unknown[]; readonly affectedRows?: number | undefined }>;
  listen(channel: string, hear: (payload: string) => void): Promise<() => Promise<unknown>>;
}

/** A client that was handed in: a `Pool` of `pg` or Neon, what `postgres()` gave, a `Bun.SQL`, or a `PGlite`. */
export type PostgresClient = PgPool | PostgresSql | PgliteClient;

/** The value of a placeholder. Every placeholder has a cast, so no library has to guess its type. */
export type Value = string | number | boolean | null;

/** The answer to a statement. */
export interface Answer<Row> {
  readonly rows: readonly Row[];
  /** How many rows it has changed, if it changes any. */
  readonly rowCount: number | null;
}

/** How many connections both libraries open by default. */
const usualConnections = 10;

/** The one shape that the rest of this package uses. */
export interface Driver {
  /** How many statements run at once: each has a connection. */
  atOnce(isListening: boolean): number;
  /** Runs one statement in its own transaction. */
  query<Row>(text: string, values: Value[]): Promise<Answer<Row>>;
  /**
   * Listens on a connection of its own.
   *
   * @param lost - called at most once, when the connection has ended by itself
   * @returns how to stop
   */
  listen(channel: string, hear: (payload: string) => void, lost: () => void): Promise<() => void>;
  /** Takes back what was attached to the client; the client stays open. */
  detach(): void;
}

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
  if (has(client, 'query')) {
    if (has(client, 'connect')) return overPool(client, prepare ?? true);
    if (has(client, 'listen')) return overPglite(client);
  }
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
  return isNeonOverHttp(client)
    ? "neon() of '@neondatabase/serverless'; pass its Pool"
    : `${typeof client} without query() and connect(), or unsafe()`;
}

function isNeonOverHttp(client: unknown): boolean {
  return typeof client === 'function' && 'transaction' in client && !('begin' in client);
}

/**
 * The server's errors for a named statement that was planned on another connection, as behind a pooler without support for names. It is
 * missing here, it is here already, or a table has changed since. Nothing has been executed then.
 */
const misnamed = /^(26000|42P05|0A000)$/;

function overPool(pool: PgPool, prepare: boolean): Driver {
  const names = new Map<string, { readonly name: string; readonly text: string }>();
  /** Until the server shows that connections change under the names. */
  let named = prepare;

  // `pg` reports the end of an idle connection as an 'error' of the pool, which ends the process if nobody listens: a restarted server
  // would take every bot with it. The pool has already replaced the connection, so there is nothing to do but to listen.
  const survive = () => {};
  pool.on?.('error', survive);
  const connections = pool.options?.max ?? usualConnections;
  return {
    // one of them is kept for listening
    atOnce: (isListening) => Math.max(1, connections - (isListening ? 1 : 0)),
    query: send,
    async listen(channel, hear, lost) {
      const client = await pool.connect();
      let open = true;
      const end = () => {
        if (!open) return;
        open = false;
        // Destroyed, not given back: a connection that still listens is no good to anybody else.
        client.release(true);
      };
      const endedByItself = () => {
        if (!open) return;
        end();
        lost();
      };
      client.on('notification', (message) => {
        if (open && message.channel === channel) hear(message.payload ?? '');
      });
      client.on('error', endedByItself);
      client.on('end', endedByItself);
      try {
        await client.query(`listen "${channel}"`);
      } catch (error) {
        end();
        throw error;
      }
      return end;
    },
    detach() {
      pool.off?.('error', survive);
    },
  };

  async function send<Row>(text: string, values: Value[]): Promise<Answer<Row>> {
    if (named) {
      try {
        return (await pool.query(nameOf(text), values)) as Answer<Row>;
      } catch (error) {
        if (!misnamed.test(String(codeOf(error)))) throw error;
        named = false;
      }
    }
    return (await pool.query(text, values)) as Answer<Row>;
  }

  /** By its text, since a pool may be shared by storages of several schemas, whose statements differ. */
  function nameOf(text: string) {
    let statement = names.get(text);
    if (statement === undefined) {
      // sent with each execution, so it is short
      const hash = createHash('sha1').update(text).digest('hex').slice(0, 16);
      statement = { name: `telefsm_${hash}`, text };
      names.set(text, statement);
    }
    return statement;
  }
}

function overSql(sql: PostgresSql, prepare: boolean): Driver {
  return {
    atOnce: () => sql.options?.max ?? usualConnections,
    async query<Row>(text: string, values: Value[]) {
      const answer = await sql.unsafe(text, values, { prepare });
      return { rows: Array.from(answer) as Row[], rowCount: answer.count ?? null };
    },
    // The library opens its own connection for listening, shares it and opens it again by itself; it reports nothing, so whether
    // messages still arrive is found out by asking again.
    async listen(channel, hear) {
      if (sql.listen === undefined) throw new Error('This client cannot listen.');
      const subscription = await sql.listen(channel, hear);
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
    async query<Row>(text: string, values: Value[]) {
      const { rows, affectedRows } = await client.query(text, values);
      return { rows: rows as readonly Row[], rowCount: affectedRows ?? null };
    },
    async listen(channel, hear) {
      const stop = await client.listen(channel, hear);
      return () => {
        stop().catch(() => {});
      };
    },
    detach() {},
  };
}

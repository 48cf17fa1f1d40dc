/** The ways to reach one PostgreSQL that the tests go through. */

import pg from 'pg';
import postgres from 'postgres';
import type { PgPool, PgPoolClient, PgStatement, PostgresClient } from '../src/index.ts';

/** A client with what a test needs besides. */
export interface OpenClient {
  readonly client: PostgresClient;
  /** Statements that were sent, in order. */
  readonly sent: string[];
  end(): Promise<void>;
}

/** A pool whose statements go through a function. */
export function statementsThrough(
  pool: Pick<pg.Pool, 'connect'>,
  through: (
    statement: string | PgStatement,
    send: () => Promise<pg.QueryResult>,
    client: PgPoolClient,
  ) => Promise<Pick<pg.QueryResult, 'rows' | 'rowCount'>>,
): PgPool {
  return {
    async connect() {
      const client = await pool.connect();
      return new Proxy<PgPoolClient>(client, {
        get(_, member) {
          if (member === 'query')
            return (statement: string | PgStatement, values?: unknown[]) =>
              through(statement, () => client.query(statement, values), client);
          const found: unknown = Reflect.get(client, member);
          return typeof found === 'function' ? found.bind(client) : found;
        },
      });
    },
  };
}

/** The text of a statement. */
export function textOf(statement: string | PgStatement): string {
  return typeof statement === 'string' ? statement : statement.text;
}

/** A `Pool` of `pg` that notes what it is asked. */
export function openPool(
  url: string,
  options: pg.PoolConfig = {},
): OpenClient & { client: pg.Pool } {
  const pool = new pg.Pool({ connectionString: url, max: 10, ...options });
  const sent: string[] = [];
  pool.on('connect', (client) => {
    const query = client.query.bind(client) as (...given: unknown[]) => unknown;
    client.query = ((...given: [string | PgStatement]) => {
      sent.push(textOf(given[0]));
      return query(...given);
    }) as typeof client.query;
  });
  return { client: pool, sent, end: () => pool.end() };
}

/** A client of `postgres()` that records its queries. */
export function openSql(
  url: string,
  options: postgres.Options<Record<string, postgres.PostgresType>> = {},
): OpenClient {
  const sent: string[] = [];
  const note = (_connection: number, text: string) => sent.push(text);
  const sql = postgres(url, { max: 10, debug: note, onnotice: () => {}, ...options });
  return { client: sql, sent, end: () => sql.end({ timeout: 1 }) };
}

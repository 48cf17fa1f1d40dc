/** The ways to reach one PostgreSQL that the tests go through. */

import pg from 'pg';
import postgres from 'postgres';
import type { PostgresClient } from '../src/index.ts';

/** A client with what a test needs besides. */
export interface OpenClient {
  readonly client: PostgresClient;
  /** Statements that were sent, in order. */
  readonly sent: string[];
  end(): Promise<void>;
}

/** A `Pool` of `pg` that notes what it is asked. */
export function openPool(
  url: string,
  options: pg.PoolConfig = {},
): OpenClient & { client: pg.Pool } {
  const pool = new pg.Pool({ connectionString: url, max: 10, ...options });
  const sent: string[] = [];
  type Statement = string | { readonly text: string };
  const query = pool.query.bind(pool) as (statement: Statement, values: unknown[]) => unknown;
  pool.query = ((statement: Statement, values: unknown[]) => {
    sent.push(typeof statement === 'string' ? statement : statement.text);
    return query(statement, values);
  }) as typeof pool.query;
  return { client: pool, sent, end: () => pool.end() };
}

/** A client of `postgres()` that records its queries. */
export function openSql(url: string): OpenClient {
  const sent: string[] = [];
  const note = (_connection: number, text: string) => sent.push(text);
  const sql = postgres(url, { max: 10, debug: note, onnotice: () => {} });
  return { client: sql, sent, end: () => sql.end({ timeout: 1 }) };
}

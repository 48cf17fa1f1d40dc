/** The servers that all test files of a run share. A test that stops, pauses or configures a server starts its own. */

import { randomBytes } from 'node:crypto';
import { createConnection } from 'mysql2/promise';
import pg from 'pg';
import { inject } from 'vitest';

/** A database of PostgreSQL or MariaDB, or a Redis, that somebody else starts and ends. */
export interface SharedServer {
  readonly port: number;
  readonly url: string;
}

/** A name that nothing else on a shared server has: a key prefix, a schema or a database. */
export function freshName(): string {
  return `t${randomBytes(6).toString('hex')}`;
}

/** The run's Redis. Keys of a test begin with a {@link freshName}. */
export async function sharedRedis(): Promise<SharedServer> {
  const port = await portOf('redis');
  return { port, url: `redis://127.0.0.1:${port}` };
}

/** A new database on the run's PostgreSQL, as its superuser `postgres`. */
export async function sharedPostgres(): Promise<SharedServer> {
  const port = await portOf('postgres');
  const at = `postgres://postgres@127.0.0.1:${port}`;
  const database = freshName();
  const client = new pg.Client({ connectionString: `${at}/postgres` });
  await client.connect();
  try {
    await client.query(`create database ${database}`);
  } finally {
    await client.end();
  }
  return { port, url: `${at}/${database}` };
}

/** A new database on the run's MariaDB, as its user `root`. */
export async function sharedMariadb(): Promise<SharedServer> {
  const port = await portOf('mariadb');
  const at = `mysql://root@127.0.0.1:${port}`;
  const database = freshName();
  const client = await createConnection(at);
  try {
    await client.query(`create database ${database}`);
  } finally {
    await client.end();
  }
  return { port, url: `${at}/${database}` };
}

async function portOf(name: 'redis' | 'postgres' | 'mariadb'): Promise<number> {
  const answer = await fetch(`${inject('sharedServers')}/${name}`);
  if (!answer.ok) throw new Error(await answer.text());
  return ((await answer.json()) as { readonly port: number }).port;
}

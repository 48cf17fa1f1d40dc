/**
 * @module @telefsm/storage-postgres
 *
 * Keeps telefsm conversations in PostgreSQL, over a client that was handed in.
 */

export type {
  PgliteClient,
  PgNotification,
  PgPool,
  PgPoolClient,
  PgStatement,
  PostgresClient,
  PostgresSql,
} from './client.ts';
export { migratePostgres } from './migrate.ts';
export type { PostgresNames } from './names.ts';
export { type PostgresStorage, type PostgresStorageOptions, postgresStorage } from './storage.ts';

/**
 * @module @telefsm/storage-mysql
 *
 * Keeps telefsm conversations in MySQL or MariaDB, over a pool of `mysql2` that you pass in.
 */

export type {
  Answered,
  MysqlCallbackPool,
  MysqlConnection,
  MysqlPool,
  MysqlPromisePool,
  Row,
  Sent,
  Value,
} from './client.ts';
export { migrateMysql } from './migrate.ts';
export type { MysqlNames } from './names.ts';
export { type MysqlStorage, type MysqlStorageOptions, mysqlStorage } from './storage.ts';

/**
 * @module @telefsm/storage-sqlite
 *
 * Keeps telefsm conversations in an SQLite file.
 */

export type { OpenOptions, SqliteDatabase, SqliteStatement, SqliteValue } from './database.ts';
export type { SqliteStorageOptions } from './storage.ts';
export { sqliteStorage } from './storage.ts';

/** The connection of a storage: its statements explain what is wrong with the file, and open it again once it is repaired. */

import {
  closeQuietly,
  isInTransaction,
  type OpenOptions,
  openDatabase,
  requireObjects,
  type SqliteDatabase,
  type SqliteStatement,
} from './database.ts';
import {
  classify,
  explained,
  type FileLoss,
  isWorthReopening,
  lostFile,
  openTransaction,
} from './faults.ts';
import { fileOf, type OpenedFile } from './opened-file.ts';
import { prepareTables } from './schema.ts';
import { reading, type Statements, statementsOf } from './statements.ts';

/** An opened database with its tables. */
export interface Connection {
  /**
   * They outlive the database that they run on.
   *
   * Those that write throw while the bot has a transaction open on the database that it passed in. It is a plain Error with the code
   * `SQLITE_BUSY`, so core asks again.
   */
  readonly statements: Statements;
  /**
   * Checks that the file is still the one that was opened; what is written elsewhere would be lost.
   *
   * @throws FsmError `STORAGE_UNUSABLE` if it was deleted, replaced or truncated, or its log was deleted
   */
  check(): void;
  close(): void;
}

interface Opened {
  readonly database: SqliteDatabase;
  readonly statements: Statements;
  readonly file: OpenedFile | undefined;
}

/**
 * Opens a file, or uses an opened database.
 *
 * @throws FsmError `STORAGE_UNUSABLE` for a file that SQLite cannot use; `INVALID_OPTION` and `STORAGE_NEWER` as {@link openDatabase} and
 * {@link prepareTables} do. A plain Error with the code `SQLITE_BUSY` if the bot has a transaction open on the database that it passed in.
 */
export function connectionTo(given: string | SqliteDatabase, options: OpenOptions): Connection {
  const own = typeof given === 'string';
  // the bot's rollback would undo the tables
  if (!own && isInTransaction(given)) throw openTransaction();
  let opened: Opened | undefined = explaining(() => patiently(open));
  /** Of the database that was closed because of its file. */
  let lost: { readonly file: OpenedFile; readonly loss: FileLoss } | undefined;
  let isStale = false;
  let isClosed = false;
  const path = opened.file?.path ?? (own ? given : ':memory:');

  function open(): Opened {
    const database = own ? openDatabase(given, options) : given;
    try {
      requireObjects(database);
      prepareTables(database);
      const file = fileOf(database);
      const statements = statementsOf(database);
      return { database, statements, file };
    } catch (error) {
      if (own) closeQuietly(database);
      throw error;
    }
  }

  /** Not within `patiently`, which would wait for a transaction that the bot cannot end meanwhile. */
  function explaining<Result>(work: () => Result): Result {
    try {
      return work();
    } catch (error) {
      throw explained(error, own ? given : 'the database');
    }
  }

  /** A file that was broken is opened anew: SQLite may still have the pages of the old one in memory. */
  function current(): Opened {
    if (isClosed) {
      if (opened !== undefined) return opened;
      throw new Error('The database is not open: its storage was closed.');
    }
    if (lost !== undefined && !lost.file.isBack(lost.loss)) throw lostFile(path, lost.loss, own);
    if (isStale && opened !== undefined) {
      if (own) closeQuietly(opened.database);
      opened = undefined;
    }
    opened ??= explaining(open);
    isStale = false;
    lost = undefined;
    return opened;
  }

  function run<Result>(
    name: keyof Statements,
    work: (statement: SqliteStatement) => Result,
  ): Result {
    const { statements, database } = current();
    if (!own && !reading.has(name) && isInTransaction(database)) throw openTransaction();
    try {
      return work(statements[name]);
    } catch (error) {
      isStale ||= isWorthReopening(error);
      throw explained(error, path);
    }
  }

  const names = Object.keys(opened.statements) as (keyof Statements)[];
  const statements = names.map((each) => [
    each,
    {
      run: (...values: Values) => run(each, (statement) => statement.run(...values)),
      get: (...values: Values) => run(each, (statement) => statement.get(...values)),
      all: (...values: Values) => run(each, (statement) => statement.all(...values)),
    },
  ]);

  return {
    statements: Object.fromEntries(statements) as Statements,
    check() {
      const { file, database } = current();
      const loss = file?.loss();
      if (file === undefined || loss === undefined) return;
      if (own) {
        // at once: the last one to close a file writes the deleted log into it
        closeQuietly(database);
        opened = undefined;
        lost = { file, loss };
      }
      throw lostFile(path, loss, own);
    },
    close() {
      isClosed = true;
      if (own) opened?.database.close();
    },
  };
}

type Values = Parameters<Statements[keyof Statements]['run']>;

/** How long opening waits for processes that have the file locked, and between two attempts, in ms. */
const patience = 10_000;
const pause = 20;

/**
 * Tries again while the file is busy. Nothing else runs yet, and several processes may create the tables at once.
 *
 * SQLite's own time-out is not enough: changing to a write-ahead log fails at once where waiting could end in a deadlock.
 */
function patiently<Result>(work: () => Result): Result {
  const start = performance.now();
  for (;;) {
    try {
      return work();
    } catch (error) {
      if (classify(error) !== 'retry' || performance.now() - start > patience) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pause);
    }
  }
}

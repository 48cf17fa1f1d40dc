/** Executes statements, each on a connection of the pool. */

import { setImmediate } from 'node:timers';
import type { MysqlCallbackPool, MysqlConnection, Value } from './client.ts';
import { isReadOnly, openTransaction } from './faults.ts';

/** Executes a statement. */
export type Execute = (statement: string, values: Value[]) => Promise<unknown>;

/** How long a connection may leave its statement without an answer, in ms. What waits for a lock is silent too, and the server keeps it. */
const longestSilence = 300_000;

/** A statement that is not answered yet. */
interface Unanswered {
  readonly since: number;
  readonly reject: (error: Error) => void;
}

/**
 * Makes a way to execute statements, each on any connection of the pool, as `execute()` of the pool does.
 *
 * If the bot left a transaction open on that connection, it is rolled back. Otherwise its end would decide later about a statement that
 * has been answered. Then the statement is rejected with `STORAGE_UNUSABLE`.
 *
 * @param table - named in the error
 */
export function executorOn(pool: MysqlCallbackPool, table: string): Execute {
  const unanswered = new Map<MysqlConnection, Unanswered>();
  let isWatching = false;

  /**
   * Closes connections that do not answer. If their server has vanished, nobody says so, and the system closes them after about 15 minutes:
   * until then they would count as connections of the pool.
   */
  function watch(): void {
    if (isWatching) return;
    isWatching = true;
    const timer = setTimeout(() => {
      isWatching = false;
      for (const [connection, { since, reject }] of unanswered) {
        if (performance.now() - since < longestSilence) continue;
        unanswered.delete(connection);
        connection.destroy();
        // a vanished server does not confirm the end, and the process could not exit
        connection.stream?.destroy();
        reject(new Error(`The connection was closed: no answer within ${longestSilence} ms.`));
      }
      if (unanswered.size > 0) watch();
    }, longestSilence / 3);
    // a number on edge workers
    timer.unref?.();
  }

  return async (statement, values) => {
    await allAnswersRead();
    return new Promise((resolve, reject) => {
      pool.getConnection((lack, connection) => {
        if (lack) return reject(lack);
        unanswered.set(connection, { since: performance.now(), reject });
        watch();
        try {
          connection.execute(statement, values, (error, answer) => {
            unanswered.delete(connection);
            if (isInTransaction(answer)) return rollBack(connection, table, reject);
            // after a failover, its session would stay read-only
            if (isReadOnly(error)) connection.destroy();
            else connection.release();
            if (error) reject(error);
            else resolve(answer);
          });
        } catch (error) {
          unanswered.delete(connection);
          connection.release();
          reject(error);
        }
      });
    });
  };
}

let reading: Promise<void> | undefined;

/**
 * Waits until the answers that have arrived with the last one are read, so that the statements that follow from them are sent together.
 *
 * Most CPU time of a statement is the write to its socket. Writes in a row take less time than one after each answer: there, the kernel and
 * the code of turns push each other out of the caches of the CPU.
 */
function allAnswersRead(): Promise<void> {
  reading ??= new Promise((resolve) => {
    setImmediate(() => {
      reading = undefined;
      resolve();
    });
  });
  return reading;
}

/** The flag of a session whose transaction is open. */
const inTransaction = 1;

/** Reads the flags of the session; the answer to a call has them behind its rows. */
function isInTransaction(answer: unknown): boolean {
  const { serverStatus } = Object(Array.isArray(answer) ? answer.at(-1) : answer);
  return typeof serverStatus === 'number' && (serverStatus & inTransaction) !== 0;
}

function rollBack(
  connection: MysqlConnection,
  table: string,
  reject: (error: Error) => void,
): void {
  connection.query('rollback', [], (error) => {
    connection.release();
    reject(error ?? openTransaction(table));
  });
}

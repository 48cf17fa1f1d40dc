/** Executes statements, each on a connection of the pool. */

import { setImmediate } from 'node:timers';
import type { MysqlCallbackPool, MysqlConnection, Value } from './client.ts';
import { isReadOnly, openTransaction } from './faults.ts';

/**
 * Executes a statement on any connection of the pool, as `execute()` of the pool does.
 *
 * If the bot left a transaction open on that connection, it is rolled back. Otherwise its end would decide later about a statement that
 * has been answered.
 *
 * @param table - named in the error
 * @throws FsmError `STORAGE_UNUSABLE` if a transaction was open
 */
export async function executeOn(
  pool: MysqlCallbackPool,
  statement: string,
  values: Value[],
  table: string,
): Promise<unknown> {
  await allAnswersRead();
  return new Promise((resolve, reject) => {
    pool.getConnection((lack, connection) => {
      if (lack) return reject(lack);
      try {
        connection.execute(statement, values, (error, answer) => {
          if (isInTransaction(answer)) return rollBack(connection, table, reject);
          // after a failover, its session would stay read-only
          if (isReadOnly(error)) connection.destroy();
          else connection.release();
          if (error) reject(error);
          else resolve(answer);
        });
      } catch (error) {
        connection.release();
        reject(error);
      }
    });
  });
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

/** Transactions that a bot has left open. */

import type { PgPool, PgPoolClient } from './client.ts';
import { isOfStatement } from './faults.ts';

const message =
  'A connection of the pool was closed, because it had an open transaction. End each transaction with COMMIT or ROLLBACK before release().';

/** Pools whose bot was warned. */
const warned = new WeakSet<PgPool>();

/**
 * Borrows a connection without an open transaction: LISTEN has no effect within one, and writes are lost when it is rolled back.
 *
 * @param use - called at once, so that it can listen to errors of the connection
 * @returns what `use` returns
 */
export function borrow<Used>(
  pool: PgPool,
  use: (client: PgPoolClient) => Used | Promise<Used>,
): Promise<Used> {
  return connected(pool, (client) => {
    return isInTransaction(client) ? closedOrUsed(pool, client, use) : use(client);
  });
}

/**
 * Gets a connection by a callback. An error of the server may have arrived with the last answer. Code behind a promise would listen to it too
 * late, and it would end the process.
 */
function connected<Used>(
  pool: PgPool,
  use: (client: PgPoolClient) => Used | Promise<Used>,
): Promise<Used> {
  return new Promise((resolve, reject) => {
    const answered = (error: unknown, client?: PgPoolClient) => {
      if (client === undefined) return reject(error);
      try {
        resolve(use(client));
      } catch (thrown) {
        reject(thrown);
      }
    };
    // a pool that is not of `pg` may only return a promise
    pool.connect(answered)?.then((client) => answered(undefined, client), reject);
  });
}

async function closedOrUsed<Used>(
  pool: PgPool,
  client: PgPoolClient,
  use: (client: PgPoolClient) => Used | Promise<Used>,
): Promise<Used> {
  if ((await answersEverything(client)) && !isLeftOpen(client, pool)) return use(client);
  client.release(true);
  return borrow(pool, use);
}

/** The status of the last statement that was answered; always `false` with `pg` before 8.23. */
function isInTransaction(client: PgPoolClient): boolean {
  const status = client.getTransactionStatus?.();
  return status === 'T' || status === 'E';
}

/** A COMMIT or ROLLBACK of the bot may still be on its way. One more statement is answered after it, unless the connection breaks. */
async function answersEverything(client: PgPoolClient): Promise<boolean> {
  // without a listener, the end of the connection would end the process
  const survive = () => {};
  client.on('error', survive);
  try {
    await client.query('select 1');
    return true;
  } catch (error) {
    // within a failed transaction the server rejects it
    return isOfStatement(error);
  } finally {
    client.off('error', survive);
  }
}

/** Whether the bot released a connection with an open transaction. Prints a warning if so. */
function isLeftOpen(client: PgPoolClient, pool: PgPool): boolean {
  if (!isInTransaction(client)) return false;
  if (!warned.has(pool)) process.emitWarning(message, { code: 'TELEFSM_OPEN_TRANSACTION' });
  warned.add(pool);
  return true;
}

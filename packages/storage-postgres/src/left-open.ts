/** Transactions that a bot has left open. */

import type { PgPool, PgPoolClient } from './client.ts';

const message =
  'A connection of the pool was closed, because it had an open transaction. End each transaction with COMMIT or ROLLBACK before release().';

/** Pools whose bot was warned. */
const warned = new WeakSet<PgPool>();

/** Borrows a connection without an open transaction: LISTEN has no effect within one, and writes are lost when it is rolled back. */
export async function borrow(pool: PgPool): Promise<PgPoolClient> {
  for (;;) {
    const client = await pool.connect();
    if (!isInTransaction(client)) return client;
    if ((await answersEverything(client)) && !isLeftOpen(client, pool)) return client;
    client.release(true);
  }
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
    return Object(error).severity === 'ERROR';
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

/** Transactions that a bot has left open. */

import type { PgPoolClient } from './client.ts';

const message =
  'A connection of the pool was closed, because it had an open transaction. End each transaction with COMMIT or ROLLBACK before release().';

/** Returns whether a connection came from the pool within a transaction, and warns then: the end of the connection would undo what is written in it. */
export function isLeftOpen(client: PgPoolClient): boolean {
  const status = client.getTransactionStatus?.();
  if (status !== 'T' && status !== 'E') return false;
  process.emitWarning(message, { code: 'TELEFSM_OPEN_TRANSACTION' });
  return true;
}

/** Writes a value that is not a conversation: a session, or the sender of a poll. */

import type { Lease, Leases } from '../lease/lease.ts';
import type { Seat } from '../lease/queue.ts';
import type { Write } from '../storage/statements.ts';

/**
 * Writes a value, and leaves the queue of its key.
 *
 * @param seat - the head of that queue
 * @param timeout - how long to wait for another process, in ms
 * @throws FsmError `WAIT_TIMEOUT`, `STORAGE_FAILED`, `COMMIT_UNKNOWN`, `LEASE_LOST`
 */
export async function writeValue(
  leases: Leases,
  seat: Seat,
  key: string,
  next: Write | undefined,
  timeout: number,
): Promise<void> {
  let lease: Lease | undefined;
  try {
    // never undefined with a timeout
    lease = await leases.acquire(key, { timeout });
    await lease?.commit(next, { keep: false });
  } catch (error) {
    await lease?.release();
    throw error;
  } finally {
    seat.leave();
  }
}

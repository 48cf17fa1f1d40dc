/** Waiting for a condition outside of this process. */

import { setTimeout as pause } from 'node:timers/promises';

/**
 * Asks until the answer is yes. The test's own timeout is the only limit.
 *
 * @param isSo - asked again 20 ms after each no
 */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await pause(20);
}

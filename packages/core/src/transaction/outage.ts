/** Which errors say that nothing could be done just now, and nothing about the code that was run. */

import type { FsmErrorCode } from '../base/error-catalogue.ts';
import { isFsmError } from '../base/errors.ts';

/** An update that meets one comes again, and a deadline is tried again, for as long as it lasts. */
const outages: ReadonlySet<FsmErrorCode> = new Set<FsmErrorCode>([
  'COMMIT_UNKNOWN',
  'LEASE_LOST',
  'RECORD_NEWER',
  'STOPPED',
  'STORAGE_FAILED',
  'WAIT_TIMEOUT',
]);

/** Whether an error is an outage or a deploy, and no failure of a handler. */
export function isOutage(error: unknown): boolean {
  return isFsmError(error) && outages.has(error.code);
}

/** The recent messages in the record. */

import type { JsonObject } from '../base/json.ts';

/** One message of the log. */
export interface LogEntry {
  readonly role: 'user' | 'bot';
  readonly text: string;
}

/** The slot of the log, beside the values of sessions. */
export const logSlot = '~log';

/** The log of a record, oldest first. */
export function logIn(session: JsonObject | undefined): readonly LogEntry[] {
  const log = session?.[logSlot];
  return Array.isArray(log) ? log : [];
}

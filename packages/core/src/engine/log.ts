/** The recent messages of a conversation, stored in its record. */

import { type LogEntry, logIn, logSlot } from '../record/log.ts';
import type { OpenTurn } from '../transaction/runtime.ts';

/** Adds messages, and deletes those beyond the limits. */
export function noteLog(turn: OpenTurn, role: LogEntry['role'], text: string): void {
  const { log } = turn.rt.options;
  if (log === undefined || text === '' || turn.key === undefined) return;
  const { last, bytes } = log;
  const own: LogEntry = { role, text: text.slice(0, bytes) };
  const entries = [...logIn(turn.copy.session), own].slice(-last);
  let size = entries.reduce((sum, entry) => sum + sizeOf(entry), 0);
  while (entries.length > 1 && size > bytes) {
    const [oldest] = entries.splice(0, 1);
    if (oldest !== undefined) size -= sizeOf(oldest);
  }
  turn.copy.keep(logSlot, entries);
}

function sizeOf({ text }: LogEntry): number {
  return new TextEncoder().encode(text).length;
}

/** Which updates nobody can send again. */

import type { RawUpdate } from './raw-update.ts';
import { payloadOf, updateTypeOf } from './subject.ts';

/** Fields of messages that Telegram sends by itself, and only once: payments, refunds, gifts, members and owners that come and go. */
const reports = /_(?:payment|paid|refunded|chat_members?|chat_joined)$|gift|^chat_owner_/;

/** Whether nobody can send an update again, as users can send a message or press a button again. So it must not get lost. */
export function comesOnce(update: RawUpdate): boolean {
  if (!/(?:^|_)(?:message|post|query)$/.test(updateTypeOf(update) ?? '')) return true;
  return Object.keys(payloadOf(update) ?? {}).some((field) => reports.test(field));
}

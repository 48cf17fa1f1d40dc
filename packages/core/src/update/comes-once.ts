/** Which updates nobody can send again. */

import { valueIn } from './input-value.ts';
import type { RawUpdate } from './raw-update.ts';
import { payloadOf, updateTypeOf } from './subject.ts';

/** Fields of messages that are input although Telegram sends them by itself: payments and gifts. */
const reports = /_payment$|gift/;

/** Whether nobody can send an update again, as users can send a message or press a button again. So it must not get lost. */
export function comesOnce(update: RawUpdate): boolean {
  const updateType = updateTypeOf(update) ?? '';
  if (updateType.endsWith('_query')) return false;
  if (!/(?:^|_)(?:message|post)$/.test(updateType)) return true;
  const message = payloadOf(update) ?? {};
  // every other message is a service message: it says what has happened to the chat
  const isWritten = message['text'] !== undefined || valueIn(message) !== undefined;
  return !isWritten || Object.keys(message).some((field) => reports.test(field));
}

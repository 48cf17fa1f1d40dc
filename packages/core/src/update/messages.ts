/** The messages that a turn answers. */

import { objectIn, type RawObject, type RawUpdate } from './raw-update.ts';
import { updateTypeOf } from './subject.ts';
import type { Message } from './update.ts';

const messageTypes: ReadonlySet<string> = new Set([
  'message',
  'channel_post',
  'business_message',
  'guest_message',
]);

/** The message that an update is: none for edited messages, buttons and events. */
export function messagesIn(update: RawUpdate | undefined): readonly Message[] {
  const type = update && updateTypeOf(update);
  if (update === undefined || type === undefined || !messageTypes.has(type)) return [];
  const message = objectIn(update, type);
  return message !== undefined && isMessage(message) ? [message] : [];
}

function isMessage(found: RawObject): found is Message {
  return typeof found['message_id'] === 'number';
}

/** What Telegram answers to the calls that show a stream. */

import { holds } from '../base/holds.ts';
import { codeOf } from './rejected.ts';

/** The id of a message that was sent. */
export function idOf(sent: unknown): number | undefined {
  return holds(sent, 'message_id') ? Number(sent.message_id) : undefined;
}

/** Whether an edited message shows the same already. */
export function isNotModified(error: unknown): boolean {
  return codeOf(error) === 400 && /not modified/.test(String(error));
}

/** Whether a message that was to be edited is not there any more. */
export function isDeleted(error: unknown): boolean {
  return (
    codeOf(error) === 400 && /message to edit not found|MESSAGE_ID_INVALID/.test(String(error))
  );
}

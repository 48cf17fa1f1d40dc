/** The message below which a button was pressed. Telegram adds it to the press, so a modified client cannot forge it. */

import { listIn, objectIn, type RawObject, type RawUpdate } from './raw-update.ts';

/** The message of a press; without its text and keyboard where the bot can no longer see it (Bot API, InaccessibleMessage). */
export function messageOfPress(update: RawUpdate | undefined): RawObject | undefined {
  return objectIn(objectIn(update, 'callback_query'), 'message');
}

/**
 * Whether a message has a button with this data; `undefined` where the bot cannot see it (Bot API, InaccessibleMessage; inline messages).
 *
 * @param message - of the callback query
 */
export function showsButton(message: RawObject | undefined, data: string): boolean | undefined {
  if (message === undefined || message['date'] === 0) return undefined;
  // V8 finds a field faster that is named where it is read, see `idOf`
  for (const row of listIn(Object(message['reply_markup']), 'inline_keyboard')) {
    if (!Array.isArray(row)) continue;
    for (const button of row) if (button?.callback_data === data) return true;
  }
  return false;
}

/** Whether a pressed message has the button: Telegram adds the message to the press, so a modified client cannot forge it. */

import { listIn, objectIn, type RawObject, wholeIn } from './raw-update.ts';

/**
 * Whether a message has a button with this data; `undefined` where the bot cannot see it (Bot API, InaccessibleMessage; inline messages).
 *
 * @param message - of the callback query
 */
export function showsButton(message: RawObject | undefined, data: string): boolean | undefined {
  if (message === undefined || wholeIn(message, 'date') === 0) return undefined;
  for (const row of listIn(objectIn(message, 'reply_markup'), 'inline_keyboard')) {
    if (!Array.isArray(row)) continue;
    for (const button of row) if (button?.callback_data === data) return true;
  }
  return false;
}

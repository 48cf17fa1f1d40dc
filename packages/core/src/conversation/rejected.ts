/** Which failures of a Bot API call are final: Telegram has looked at the call and does not take it as it is. */

import { holds } from '../base/holds.ts';

/**
 * Whether Telegram has rejected a call for what it contains (400): the same call fails again, whenever it is tried.
 *
 * A user who has blocked the bot (403), a limit (429) and a network failure are not final.
 *
 * @param error - what the framework's client has thrown: grammY's error has the code itself, Telegraf's in its response
 */
export function isRejected(error: unknown): boolean {
  const answer = holds(error, 'response') ? error.response : error;
  return holds(answer, 'error_code') && answer.error_code === 400;
}

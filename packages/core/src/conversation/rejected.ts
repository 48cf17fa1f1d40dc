/** Which failures of a Bot API call are final: Telegram has looked at the call and does not take it as it is. */

import { FsmError } from '../base/errors.ts';
import { holds } from '../base/holds.ts';

/**
 * Whether Telegram has rejected a call for what it contains (400): the same call fails again, whenever it is tried.
 *
 * A user who has blocked the bot (403), a limit (429) and a network failure are not final.
 *
 * @param error - what the framework's client has thrown: grammY's error has the code itself, Telegraf's in its response
 */
export function isRejected(error: unknown): boolean {
  return codeOf(error) === 400;
}

/**
 * Whether users cause a failure by what they do: a message that Telegram rejects (400), a bot that was blocked (403), a chat with too many
 * messages (429). It concerns one chat, so it must not reach the framework's error handler, which may end the bot for everybody.
 */
export function isOfOneChat(error: unknown): boolean {
  return [400, 403, 429].includes(Number(codeOf(error)));
}

/** The error code with which Telegram has answered; `undefined` if it has not. */
export function codeOf(error: unknown): unknown {
  const answer = answerIn(error);
  return holds(answer, 'error_code') ? answer.error_code : undefined;
}

/** Whether a call of the Bot API has failed: Telegram has answered so, or the client of grammY or Telegraf has not reached it. */
export function isOfBotApi(error: unknown): boolean {
  if (codeOf(error) !== undefined) return true;
  return error instanceof Error && (error.name === 'HttpError' || error.name === 'FetchError');
}

/** For how many seconds a bot that has exceeded a limit (429) has to wait; `undefined` for any other error. */
export function secondsToWait(error: unknown): number | undefined {
  if (codeOf(error) !== 429) return undefined;
  const answer = answerIn(error);
  const parameters = holds(answer, 'parameters') ? answer.parameters : undefined;
  const seconds = holds(parameters, 'retry_after') ? Number(parameters.retry_after) : 1;
  return Number.isFinite(seconds) ? seconds : 1;
}

/** A text that Telegram has rejected for its length, by name. Anything else is the error as it came. */
export function namedRejection(error: unknown): unknown {
  const found = descriptionOf(error);
  return /(?:message|caption) is too long$/.test(found)
    ? new FsmError('TEXT_TOO_LONG', { found }, { cause: error })
    : error;
}

/** Whether an edit was rejected because the message shows just that already. */
export function isNotModified(error: unknown): boolean {
  return descriptionOf(error).includes('message is not modified');
}

/** Descriptions of rejections that concern the text, the media or the buttons of a message. */
const contents =
  /can't parse|must be non-empty|is empty|is too long|TOO_LONG|ENTIT|BUTTON_|button URL|MARKUP|wrong (?:file|remote|type)|HTTP URL|PHOTO_|IMAGE_|WEBPAGE_|MEDIA_EMPTY/;

/** Whether an edit was rejected for what the message was to show: as a new message it would be rejected again. */
export function isContentRejected(error: unknown): boolean {
  return isRejected(error) && contents.test(descriptionOf(error));
}

/** Whether a message that was to be edited is not there any more. */
export function isDeleted(error: unknown): boolean {
  return (
    codeOf(error) === 400 && /message to edit not found|MESSAGE_ID_INVALID/.test(String(error))
  );
}

function descriptionOf(error: unknown): string {
  const answer = answerIn(error);
  return holds(answer, 'description') ? String(answer.description) : '';
}

/** The answer of Telegram in the error of a client. */
export function answerIn(error: unknown): unknown {
  return holds(error, 'response') ? error.response : error;
}

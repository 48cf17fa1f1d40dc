/** The message of a conversation that is edited in place: where the record notes it, and how it loses its buttons. */

import type { ApiCall } from '../../conversation/outgoing.ts';
import type { FrameRun } from '../../engine/frame-run.ts';

/** Where a message is. */
export interface MessageAddress {
  /** `chat_id`; absent for an inline message. */
  readonly chat?: number | undefined;
  /** `message_id`; absent for an inline message. */
  readonly id?: number | undefined;
  /** Ids of messages that belong to it: others of an album, earlier parts of a long text. */
  readonly others?: readonly number[] | undefined;
  /** `inline_message_id`. */
  readonly inline?: string | undefined;
  /** `business_connection_id`. */
  readonly business?: string | undefined;
}

/** The message that is edited in place, and what it shows. A conversation has at most one, however many frames it has. */
export interface ShownMessage extends MessageAddress {
  /** The entry that has drawn it: {@link FrameRun.entry}. */
  readonly entry: number;
  /** `text`, or the kind of its media. */
  readonly kind: string;
  /** Fingerprint of the text or caption; `unknown` while it is not certain what the message shows. */
  readonly body: number;
  /** Fingerprint of the media. */
  readonly file?: number | undefined;
  /** Fingerprint of the buttons; absent where it has none. */
  readonly keys?: number | undefined;
}

/** The fingerprint of what a message shows while that is not certain. */
export const unknown = 0;

/** Its slot, among those of session values. */
const slot = '~shown';

/** The message that is edited in place, if there is one. */
export function shownIn({ turn }: Pick<FrameRun, 'turn'>): ShownMessage | undefined {
  return turn.readSession(slot) as ShownMessage | undefined;
}

/** Notes which message is edited in place and what it shows; `undefined` if there is none any more. */
export function noteShown({ turn }: FrameRun, shown: ShownMessage | undefined): void {
  turn.writeSession(slot, shown && noteOf(shown, shown.body));
}

/** Notes that it is not certain what the message shows. */
export function noteUncertain({ turn }: FrameRun, shown: ShownMessage): void {
  turn.writeSession(slot, noteOf(shown, unknown));
}

/** Not spread: V8 copies frozen objects slowly. What is absent is not in the text of the record. */
function noteOf(shown: ShownMessage, body: number): ShownMessage {
  const { chat, id, others, inline, business, entry, kind, file, keys } = shown;
  return Object.freeze({ chat, id, others, inline, business, entry, kind, body, file, keys });
}

/** The message that is edited in place loses its buttons, or goes, and is a message like any other. */
export function retire(run: FrameRun, deletes = false): void {
  const shown = shownIn(run);
  if (shown === undefined) return;
  noteShown(run, undefined);
  if (deletes && shown.inline === undefined) run.call(deletionOf(shown));
  else if (shown.keys !== undefined) run.call(withoutButtons(shown));
}

/**
 * Deletes or edits a message after the commit, behind everything that the turn sends: a question may reply to it.
 *
 * Telegram rejects the call if the message was deleted or is too old. The user's answer must not fail with it.
 */
export function cleanUpLater(run: FrameRun, { method, payload }: ApiCall): void {
  const { state, api } = run.turn;
  state.afterCommit(() => api(method, payload).catch((error) => run.report(error)));
}

/** The call that takes the buttons off a message. */
export function withoutButtons(message: MessageAddress): ApiCall {
  return { method: 'editMessageReplyMarkup', payload: messageParameters(message) };
}

/** The call that deletes a message, and those that belong to it. */
export function deletionOf({ chat, id, others = [], business }: MessageAddress): ApiCall {
  const message_ids = [...others, id];
  if (business !== undefined) {
    const payload = { business_connection_id: business, message_ids };
    return { method: 'deleteBusinessMessages', payload };
  }
  return others.length === 0
    ? { method: 'deleteMessage', payload: { chat_id: chat, message_id: id } }
    : { method: 'deleteMessages', payload: { chat_id: chat, message_ids } };
}

/** Returns the parameters of an editing method, with the message to edit. */
export function messageParameters(
  { chat, id, inline, business }: MessageAddress,
  others: object = {},
): object {
  const message =
    inline === undefined ? { chat_id: chat, message_id: id } : { inline_message_id: inline };
  const where = business === undefined ? message : { ...message, business_connection_id: business };
  // not spread: V8 spends a microsecond on large numbers that follow a spread
  return Object.assign(where, others);
}

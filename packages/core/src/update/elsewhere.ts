/**
 * Buttons of a question that is asked in another chat: their data name the conversation that asks, so that a press is an update of that
 * conversation.
 *
 * The data can be forged, as those of any button; whether a press counts is decided by the message that was pressed and by who has pressed it.
 */

import { objectIn, type RawUpdate, textIn } from './raw-update.ts';
import { showsButton } from './shown-button.ts';
import type { Subject } from './subject.ts';

/** A conversation that waits for an update of another chat: it has asked a question there, or has sent a poll. */
export interface Asker {
  readonly subject: Subject;
  /** Of the conversation. */
  readonly tag: string;
}

/** The callback data of a button of a question in another chat. */
export interface ElsewhereButton {
  /** Of the conversation that asks. */
  readonly tag: string;
  readonly chat: number | undefined;
  readonly user: number | undefined;
  readonly thread: number | undefined;
  readonly entry: number;
  readonly question: string;
}

/** Writes what the data of such buttons begin with; the value follows. */
export function elsewhereHead(button: ElsewhereButton): string {
  const { tag, chat, user, thread, entry, question } = button;
  const number = (id: number | undefined) => id?.toString(36) ?? '';
  // in a private chat both are the same
  const elsewhere = chat === user ? '' : number(chat);
  return `^${tag}.${elsewhere}.${number(user)}.${number(thread)}.${entry.toString(36)}.${question}.`;
}

const form =
  /^\^([^.]*)\.(-?[0-9a-z]*)\.(-?[0-9a-z]*)\.(-?[0-9a-z]*)\.([0-9a-z]+)\.([0-9a-z]*)\.(.*)$/s;

/** Reads the data of such a button; `undefined` for any other data. */
export function readElsewhere(
  data: string,
): (ElsewhereButton & { readonly value: string }) | undefined {
  const found = form.exec(data);
  if (found === null) return undefined;
  const [, tag = '', chat = '', user = '', thread = '', entry = '', question = '', value = ''] =
    found;
  const number = (text: string) => (text === '' ? undefined : Number.parseInt(text, 36));
  const who = number(user);
  return {
    tag,
    chat: number(chat) ?? who,
    user: who,
    thread: number(thread),
    entry: Number.parseInt(entry, 36),
    question,
    value,
  };
}

/**
 * The conversation that a pressed button was shown by, and its tag; `undefined` for a button of this chat.
 *
 * A message that does not have the button names nobody: otherwise a modified client could lock any conversation whose ids it has.
 */
export function askerOf(update: RawUpdate, { bot }: Subject): Asker | undefined {
  const query = objectIn(update, 'callback_query');
  const message = objectIn(query, 'message');
  const data = textIn(query, 'data') ?? '';
  const button = readElsewhere(data);
  // no question is an inline message
  if (button === undefined || message === undefined || showsButton(message, data) === false)
    return undefined;
  const { tag, chat, user, thread } = button;
  return { subject: { bot, chat, user, thread, updateType: 'callback_query' }, tag };
}

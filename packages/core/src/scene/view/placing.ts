/** Where what is to be shown is shown: in the message that is edited in place, or in a new one. */

import type { MessageSource } from '../../conversation/behavior.ts';
import { type ApiCall, tooLong } from '../../conversation/outgoing.ts';
import type { FrameRun } from '../../engine/frame-run.ts';
import { isEvent } from '../../update/input.ts';
import { idIn, textIn, wholeIn } from '../../update/raw-update.ts';
import { payloadOf } from '../../update/subject.ts';
import { readButton } from '../rows/buttons.ts';
import { hasButton, type PressedMessage, pressedMessage } from '../rows/pressed-message.ts';
import { display, shows } from './display.ts';
import { type Drawing, kindIn } from './drawing.ts';
import {
  cleanUpLater,
  deletionOf,
  noteUncertain,
  retire,
  type ShownMessage,
  shownIn,
  unknown,
} from './shown-message.ts';

/** Methods whose messages are edited (Bot API, editMessageMedia). */
const editedMethods: ReadonlySet<string> = new Set([
  'sendMessage',
  'sendPhoto',
  'sendVideo',
  'sendDocument',
  'sendAudio',
  'sendAnimation',
]);

/** The effect of a turn's input on the message: `stays` edits it where it is, `moves` sends it again below the input. */
type Placing = 'stays' | 'moves';

/** Turns whose input a view has taken, or whose deadline has passed; of others a message of the user brings the view below it. */
const placings = new WeakMap<object, Placing>();

/**
 * Finds where a drawing is shown, before the commit.
 *
 * @param isNew - whether a new message shows it, also after a press below another message
 * @returns what shows it after the commit; `undefined` if the message shows it already
 */
export function showInPlace(
  run: FrameRun,
  drawing: Drawing,
  isNew = false,
): MessageSource | undefined {
  const shown = shownIn(run);
  const found = isNew ? undefined : adopted(run, shown);
  if (found !== undefined) {
    retire(run);
    return () => display(run, drawing, found, undefined);
  }
  if (shown === undefined) return () => display(run, drawing, undefined, undefined);
  if ((placings.get(run.turn) ?? (isMessage(run) ? 'moves' : 'stays')) === 'stays') {
    if (shows(shown, drawing)) return undefined;
    // it is not certain what it shows before the next commit: if the process dies in between, it is edited whatever it shows
    noteUncertain(run, shown);
    return () => display(run, drawing, shown, undefined);
  }
  if (shown.entry === run.entry) return () => display(run, drawing, undefined, shown);
  retire(run);
  return () => display(run, drawing, undefined, undefined);
}

/** Whether a message can be edited to others, and others to it: one of these kinds that is not sent in parts. */
export function isEditable(call: ApiCall): boolean {
  if (!editedMethods.has(call.method) || tooLong(call) !== undefined) return false;
  const { reply_markup: markup } = call.payload as { readonly reply_markup?: object };
  return markup === undefined || 'inline_keyboard' in markup;
}

/** A scene that edits its message has taken a message of the user. */
export function tookInput(run: FrameRun, moves: boolean, deletes: boolean): void {
  placings.set(run.turn, moves ? 'moves' : 'stays');
  const message = payloadOf(run.turn.update);
  const message_id = wholeIn(message, 'message_id');
  if (!deletes || message_id === undefined || !isMessage(run)) return;
  const business = textIn(message, 'business_connection_id');
  cleanUpLater(run, deletionOf({ chat: idIn(message, 'chat'), id: message_id, business }));
}

/** A deadline has passed: whatever update has found it, the message is edited where it is. */
export function tookDeadline(run: FrameRun): void {
  placings.set(run.turn, 'stays');
}

/** Whether a press was on the message that is edited in place, or on one that becomes it. */
export function isShown(run: FrameRun, { chat, id, inline }: PressedMessage): boolean {
  const shown = shownIn(run) ?? (inline === undefined ? adopted(run, undefined) : undefined);
  if (shown === undefined) return false;
  return inline === undefined ? id === shown.id && chat === shown.chat : inline === shown.inline;
}

/** Whether the update is a message that the user has written. */
function isMessage({ input }: FrameRun): boolean {
  return input !== undefined && !input.edited && input.kind !== 'button' && !isEvent(input);
}

/**
 * A pressed message that becomes the shown one. It is an inline message whose button has opened the view, since nothing can be sent there.
 * Or it was sent by a turn whose commit was lost, or by a client that did not answer with the message.
 */
function adopted(run: FrameRun, shown: ShownMessage | undefined): ShownMessage | undefined {
  // of this entry already: nothing else becomes it
  if (shown?.entry === run.entry) return undefined;
  const pressed = pressedMessage(run);
  if (pressed === undefined) return undefined;
  const { chat, id, inline, business } = pressed;
  const found = { entry: run.entry, body: unknown, keys: unknown };
  if (inline !== undefined) {
    return shown?.inline === inline ? undefined : { inline, kind: 'text', ...found };
  }
  if (shown !== undefined || hasButton(pressed) !== true) return undefined;
  const button = readButton(pressed.data);
  if (button?.tag !== run.tag || button.entry !== run.entry) return undefined;
  return { chat, id, business, kind: kindIn(pressed.message), ...found };
}

/** Shows a rendered view: edits what has changed of the shown message, or sends a new one where it cannot be edited. */

import { type ApiCall, chatOfSent, isSent } from '../../conversation/outgoing.ts';
import {
  isContentRejected,
  isDeleted,
  isNotModified,
  isRejected,
} from '../../conversation/rejected.ts';
import type { FrameRun } from '../../engine/frame-run.ts';
import { sendQuestion } from '../../engine/replies.ts';
import { anyFile, canBecome, type Drawing } from './drawing.ts';
import {
  deletionOf,
  type MessageAddress,
  messageParameters,
  noteShown,
  type ShownMessage,
  unknown,
  withoutButtons,
} from './shown-message.ts';

/** Whether a message shows something already. */
export function shows(shown: ShownMessage, drawn: Drawing): boolean {
  return shown.body === drawn.body && shown.keys === drawn.keys && hasMedia(shown, drawn);
}

/** Whether a message has the same media, or none either. */
function hasMedia(shown: ShownMessage, { kind, file }: Drawing): boolean {
  return shown.kind === kind && shown.file === file && file !== anyFile;
}

/**
 * Shows it after the commit, and notes what is shown where.
 *
 * @param shown - the message to edit; without it a new one is sent
 * @param old - a message whose place the new one takes
 */
export function display(
  run: FrameRun,
  drawn: Drawing,
  shown: ShownMessage | undefined,
  old: ShownMessage | undefined,
): Promise<void> {
  const edit = shown && editOf(shown, drawn);
  if (shown === undefined || edit === undefined) return replace(run, drawn, shown ?? old);
  const edited = () => note(run, drawn, shown);
  return run.turn.api(edit.method, edit.payload).then(edited, (error: unknown) => {
    if (isNotModified(error)) return edited();
    // somebody has deleted it in a chat where the bot cannot send another one
    if (shown.inline !== undefined && isDeleted(error)) return run.report(error);
    if (!isRejected(error) || shown.inline !== undefined || isContentRejected(error)) throw error;
    return replace(run, drawn, shown);
  });
}

async function replace(
  run: FrameRun,
  drawn: Drawing,
  old: ShownMessage | undefined,
): Promise<void> {
  await send(run, drawn);
  if (old !== undefined) await remove(run, old);
}

async function send(run: FrameRun, drawn: Drawing): Promise<void> {
  const { turn } = run;
  const { chat: old, business } = turn.replyAddress ?? {};
  const sent = await sendQuestion(turn, drawn.call);
  const chat = chatOfSent(sent) ?? old;
  if (isSent(sent)) note(run, drawn, { chat, id: sent.message_id, business });
  // a client that does not answer with the message: the next press names it
  else noteShown(run, undefined);
}

function note(
  run: FrameRun,
  { kind, body, file, keys }: Drawing,
  { chat, id, inline, business }: MessageAddress,
): void {
  noteShown(run, { chat, id, inline, business, entry: run.entry, kind, body, file, keys });
}

/** Deletes a message, or takes its buttons where it is too old to be deleted. */
async function remove(run: FrameRun, old: ShownMessage): Promise<void> {
  const { turn } = run;
  const deletion = deletionOf(old);
  const { method, payload } = withoutButtons(old);
  try {
    await turn.api(deletion.method, deletion.payload);
  } catch {
    if (old.keys !== undefined) await turn.api(method, payload).catch((error) => run.report(error));
  }
}

/** The smallest edit that makes a message show something; `undefined` if no edit can. */
function editOf(shown: ShownMessage, drawn: Drawing): ApiCall | undefined {
  const { call, kind, body, keys } = drawn;
  const payload = call.payload as Readonly<Record<string, unknown>>;
  const edit = (method: string, changed: object) => ({
    method,
    payload: messageParameters(shown, changed),
  });
  const { reply_markup } = payload;
  const markup = reply_markup !== undefined && { reply_markup };
  if (shown.body === body && hasMedia(shown, drawn)) {
    return shown.keys === keys ? undefined : edit('editMessageReplyMarkup', { ...markup });
  }
  if (kind === 'text') {
    return shown.kind === 'text' ? edit('editMessageText', payload) : undefined;
  }
  const { reply_markup: _, [kind]: media, ...about } = payload;
  if (shown.body !== unknown && hasMedia(shown, drawn)) {
    return edit('editMessageCaption', { ...about, ...markup });
  }
  if (!canBecome(shown.kind, kind)) return undefined;
  return edit('editMessageMedia', { media: { type: kind, media, ...about }, ...markup });
}

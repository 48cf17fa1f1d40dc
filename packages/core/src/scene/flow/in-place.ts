/** Questions that are all asked in one message. Loaded with the first one. */

import { holds } from '../../base/holds.ts';
import type { MessageSource } from '../../conversation/behavior.ts';
import { escapeHtml, escapeMarkdownV2 } from '../../conversation/format.ts';
import {
  type ApiCall,
  callOf,
  chatOfSent,
  type FormattedText,
  isInvoice,
  isSent,
  markupIn,
  type OutgoingMessage,
  type Sent,
} from '../../conversation/outgoing.ts';
import { lastSent, sentBefore } from '../../conversation/sent-together.ts';
import { type FormattedStream, isStream } from '../../conversation/stream.ts';
import type { FrameRun } from '../../engine/frame-run.ts';
import { sendQuestion } from '../../engine/replies.ts';
import { kindsIn } from '../../update/accepted-kinds.ts';
import { drawingOf } from '../view/drawing.ts';
import { isEditable, showInPlace, tookInput } from '../view/placing.ts';
import { noteShown, retire, unknown } from '../view/shown-message.ts';
import { type ActiveFlow, locate, questionOf } from './active-flow.ts';
import { sayBeside } from './forced-reply.ts';
import type { PendingQuestion } from './pending-question.ts';

export { tookDeadline } from '../view/placing.ts';
export { retire } from '../view/shown-message.ts';

/** Details of a question that is asked in place. */
interface InPlace {
  readonly asked?: PendingQuestion;
  /** The rejection of the last answer. */
  readonly below?: OutgoingMessage | undefined;
  /** Whether a new message asks it. */
  readonly isNew?: boolean;
}

/**
 * Asks in the message of the question before.
 *
 * @returns what shows it after the commit; `undefined` if the message shows it already
 */
export function askInPlace(
  active: ActiveFlow,
  say: OutgoingMessage | FormattedStream,
  { asked, below, isNew }: InPlace = {},
): MessageSource | undefined {
  const { run } = active;
  const call = isStream(say) ? undefined : callOf(say, undefined);
  const isInPlace = call !== undefined && isEditable(call);
  const joined = below === undefined || !isInPlace ? undefined : join(call, below);
  if (below !== undefined && joined === undefined) sayBeside(active, asked, below);
  if (isInPlace) return showInPlace(run, drawingOf(joined ?? call), isNew);
  // such a question stays above what is wrong with its answer
  if (below !== undefined) return undefined;
  // such a question is a new message; the one before goes, as it would by an edit
  retire(run, true);
  // an invoice that was paid is the user's receipt
  return isStream(say) || isInvoice(say) ? () => say : () => askBeside(run, say);
}

/** Asks by a message that cannot be edited, such as a voice message or a long text: the next question takes its place. */
async function askBeside(run: FrameRun, say: OutgoingMessage): Promise<Sent | undefined> {
  const { chat: old, business } = run.turn.replyAddress ?? {};
  const sent = lastSent(await sendQuestion(run.turn, say));
  // a client that does not answer with the message: the next question cannot take its place
  if (!isSent(sent)) return undefined;
  const { message_id: id } = sent;
  const chat = chatOfSent(sent) ?? old;
  const keys = holds(markupIn(say), 'inline_keyboard') ? unknown : undefined;
  const others = sentBefore(sent);
  noteShown(run, {
    chat,
    id,
    others,
    business,
    entry: run.entry,
    kind: 'own',
    body: unknown,
    keys,
  });
  return sent;
}

/** The flow has taken a message of the user: the question stays where it is, and the message goes. */
export function tookAnswer(run: FrameRun, deletes = true): void {
  tookInput(run, false, deletes);
}

/** Whether an answer to the pending question names the message that gives it, to copy it later. So that message stays. */
export async function namesMessage(active: ActiveFlow): Promise<boolean> {
  const { pending } = await locate(active);
  return kindsIn(questionOf(pending)?.accept).includes('message');
}

/** A message with a text below its own text or caption; `undefined` where they cannot be one. */
function join({ method, payload }: ApiCall, below: OutgoingMessage): ApiCall | undefined {
  const isText = method === 'sendMessage';
  const [textField, entitiesField] = isText
    ? ['text', 'entities']
    : ['caption', 'caption_entities'];
  const first: FormattedText = {
    text: Reflect.get(payload, textField) ?? '',
    entities: Reflect.get(payload, entitiesField),
    parse_mode: Reflect.get(payload, 'parse_mode'),
  };
  const second = formattedText(below);
  if (second === undefined) return undefined;
  const mode = first.parse_mode ?? second.parse_mode;
  if (mode !== undefined && (first.entities ?? second.entities) !== undefined) return undefined;
  const [top, bottom] = [inMode(first, mode), inMode(second, mode)];
  if (top === undefined || bottom === undefined) return undefined;
  const between = top === '' ? '' : '\n\n';
  const moved = (second.entities ?? []).map((entity) => ({
    ...entity,
    offset: Reflect.get(entity, 'offset') + top.length + between.length,
  }));
  const all = [...(first.entities ?? []), ...moved];
  const joined = {
    method,
    payload: {
      ...payload,
      [textField]: `${top}${between}${bottom}`,
      ...(mode && { parse_mode: mode }),
      ...(all.length > 0 && { [entitiesField]: all }),
    },
  };
  return isEditable(joined) ? joined : undefined;
}

/** A text in the mode of both; `undefined` if it cannot be written so. */
function inMode({ text, parse_mode }: FormattedText, mode: string | undefined): string | undefined {
  if (parse_mode === mode) return text;
  if (parse_mode !== undefined) return undefined;
  if (mode === 'HTML') return escapeHtml(text);
  return mode === 'MarkdownV2' ? escapeMarkdownV2(text) : undefined;
}

function formattedText(say: OutgoingMessage): FormattedText | undefined {
  if (typeof say === 'string') return { text: say };
  if (!('text' in say)) return undefined;
  const { text, entities, parse_mode } = say;
  return typeof text === 'string' ? { text, entities, parse_mode } : text;
}

/**
 * Reply keyboards stay below the chat until they are removed. The one that a question has shown is removed by the next message after the
 * question is over, whichever scene sends it. Loaded with the first reply keyboard.
 */

import {
  callOf,
  checkMessage,
  isSent,
  markupIn,
  type OutgoingMessage,
  type Sent,
} from '../conversation/outgoing.ts';
import { isStream, type Stream, withOptions } from '../conversation/stream.ts';
import type { OpenTurn } from '../transaction/runtime.ts';
import { isOfState, isShared, type Removal, removalIn, showsMarkup } from './shown-keyboard.ts';

/** Sends a message of a handler, which also removes a keyboard whose question is over. */
export async function replyWithout(turn: OpenTurn, say: OutgoingMessage): Promise<Sent> {
  const removal = isOfState(turn) ? undefined : removalIn(turn);
  const other = removal && removing(checkMessage(say), removal);
  const sent = await turn.send(other ?? say);
  if (other !== undefined) turn.copy.keyboard = undefined;
  return sent;
}

/** Before a commit: the first message of the outbox that has no markup removes a keyboard whose question is over. */
export function removeByOutbox(turn: OpenTurn): void {
  const { copy, effects } = turn;
  const removal = isOfState(turn) ? undefined : removalIn(turn);
  if (removal === undefined) return;
  const { outbox = [], quiet } = effects;
  for (const [at, say] of outbox.entries()) {
    const other = isStream(say) || quiet?.has(say) ? undefined : removing(say, removal);
    if (other === undefined) continue;
    outbox[at] = other;
    copy.keyboard = undefined;
    return;
  }
}

/**
 * Sends a question, which also removes a keyboard that is still shown. An inline keyboard and a stream leave no room for that, nor does a
 * forced reply of another member. So a message before it, which is deleted immediately, removes it.
 */
export async function sendWithout(
  turn: OpenTurn,
  say: OutgoingMessage | Stream,
): ReturnType<OpenTurn['send']> {
  const { copy } = turn;
  const markup = Object(isStream(say) ? markupIn(endOf(say)) : markupIn(say));
  const removal = copy.keyboard === undefined ? undefined : removalIn(turn);
  // a keyboard or a forced reply for one member leaves that of another one
  const isForOne = markup.selective === true && isShared(turn);
  const isApart =
    removal !== undefined && (isStream(say) || 'inline_keyboard' in markup || isForOne);
  if (isApart) await removeApart(turn, removal);
  const other = removal && !isStream(say) ? removing(say, removal) : undefined;
  const sent = await turn.send(other ?? say);
  if ('keyboard' in markup) copy.keyboard = copy.top.entry;
  else if (isApart || other !== undefined || 'remove_keyboard' in markup) copy.keyboard = undefined;
  return sent;
}

async function removeApart(turn: OpenTurn, removal: Removal): Promise<void> {
  const { rt, key, api, replyAddress } = turn;
  try {
    const options = { ...removal, disable_notification: true };
    const sent = await turn.send({ text: '…', options });
    if (!isSent(sent)) return;
    const { message_id } = sent;
    await api('deleteMessage', { chat_id: replyAddress?.chat, message_id });
  } catch (error) {
    rt.sendFailed(key, error);
  }
}

/** A message with the keyboard that a stream ends with. */
function endOf(stream: Stream): OutgoingMessage {
  const { keyboard } = withOptions(stream);
  return { text: '…', ...(keyboard !== undefined && { keyboard }) };
}

function removing(say: OutgoingMessage, removal: Removal): OutgoingMessage | undefined {
  const { method, payload } = callOf(say, undefined);
  if (markupIn(say) !== undefined || !showsMarkup(method)) return undefined;
  return { method, payload: { ...removal, ...payload } };
}

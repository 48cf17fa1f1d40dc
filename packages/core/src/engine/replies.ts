/** Messages of scenes, and the reply keyboards that they show. What removes such keyboards is loaded with the first one. */

import { holds } from '../base/holds.ts';
import { markupIn, type OutgoingMessage, type Sent } from '../conversation/outgoing.ts';
import { isStream, type Stream } from '../conversation/stream.ts';
import type { OpenTurn } from '../transaction/runtime.ts';

/** Sends a message of a handler immediately. It also removes a reply keyboard whose question is over. */
export function reply(turn: OpenTurn, say: OutgoingMessage): Promise<Sent> {
  const { keyboard, top, leaving } = turn.copy;
  if (top.scene !== null && leaving === undefined) noteKeyboard(turn, say);
  if (keyboard === undefined || keyboard === top.entry) return turn.send(say);
  return import('./reply-keyboards.ts').then(({ replyWithout }) => replyWithout(turn, say));
}

/** Sends a question. */
export function sendQuestion(turn: OpenTurn, say: OutgoingMessage | Stream): Promise<Sent> {
  // a stream may end with one
  const mayShow = isStream(say) || holds(markupIn(say), 'keyboard');
  if (turn.copy.keyboard === undefined && !mayShow) return turn.send(say);
  return import('./reply-keyboards.ts').then(({ sendWithout }) => sendWithout(turn, say));
}

/** Notes a reply keyboard that the active scene shows beside its questions: it is removed when the scene continues. */
export function noteKeyboard({ copy, effects }: OpenTurn, say: OutgoingMessage): void {
  if (holds(markupIn(say), 'keyboard')) effects.keyboard = copy.top.entry;
}

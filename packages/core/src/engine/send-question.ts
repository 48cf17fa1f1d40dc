/** Sends questions, also where a reply keyboard is shown. */

import { holds } from '../base/holds.ts';
import { markupIn, type OutgoingMessage, type Sent } from '../conversation/outgoing.ts';
import { isStream, type Stream } from '../conversation/stream.ts';
import type { OpenTurn } from '../transaction/runtime.ts';

/** Sends a question; what notes and removes reply keyboards is loaded with the first one. */
export function sendQuestion(turn: OpenTurn, say: OutgoingMessage | Stream): Promise<Sent> {
  // a stream may end with one
  const mayShow = isStream(say) || holds(markupIn(say), 'keyboard');
  if (turn.copy.keyboard === undefined && !mayShow) return turn.send(say);
  return import('./reply-keyboards.ts').then(({ sendWithout }) => sendWithout(turn, say));
}

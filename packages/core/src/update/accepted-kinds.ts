/** The kinds of input that a question or a node names in `accept`. */

import type { Accept, AcceptedKind } from './input.ts';

/** The kinds that an {@link Accept} names; none for `'any'`, a picker, an album and a burst. */
export function kindsIn(accept: Accept | undefined): readonly AcceptedKind[] {
  if (Array.isArray(accept)) return accept;
  return typeof accept === 'string' && accept !== 'any' ? [accept] : [];
}

/** Whether votes in a poll, or its new state, may be taken. */
export function takesVotes(accept: Accept | undefined): boolean {
  if (typeof accept === 'function' || accept === 'any') return true;
  return kindsIn(accept).some((kind) => kind === 'poll' || kind === 'poll_answer');
}

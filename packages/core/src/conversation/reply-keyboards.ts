/** The option `replyKeyboards` of a machine. */

import type { Turn } from './turn.ts';

/** The value of the option `replyKeyboards`, made by `removeReplyKeyboards`. It is opaque. */
export interface ReplyKeyboards {
  /** Makes what is called with each turn: it watches the calls of its handlers. */
  '~opened'(
    opened: ((turn: Turn, ctx: unknown) => void) | undefined,
  ): (turn: Turn, ctx: unknown) => void;
}

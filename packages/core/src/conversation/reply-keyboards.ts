/** The option `replyKeyboards` of a machine. */

import type { Turn } from './turn.ts';

/** The value of the option `replyKeyboards`, made by `removeReplyKeyboards`. It is opaque. */
export interface ReplyKeyboards {
  /** Watches the calls of a turn's handlers. */
  '~keyboards'(turn: Turn): void;
}

/** The errors of updates whose conversation is busy, with their messages and what to do. */

import type { BusyErrorCode, Sentences } from './error-catalogue.ts';

/** Loaded with the first update that is rejected. */
export const busySentences: Sentences<BusyErrorCode> = {
  QUEUE_FULL: {
    message: (d) => `${d.limit} updates of "${d.key}" are already waiting.`,
    fix: 'Find the slow handler, or raise fsm({ waiting: { limit } }).',
  },
  BUSY: {
    message: (d) => `Conversation "${d.key}" is busy with another turn.`,
    fix: 'Try again, or set fsm({ waiting: { policy: "queue" } }).',
  },
};

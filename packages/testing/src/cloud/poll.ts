/** Polls, as users and bots send them. */

import type { Cloud } from './cloud.ts';
import type { Payload } from './raw.ts';

/** Makes a poll in which nobody has voted: open, anonymous, for one answer. */
export function newPoll(cloud: Cloud, question: string, options: readonly string[]): Payload {
  return {
    id: `poll-${cloud.next('poll')}`,
    question,
    options: options.map((text, index) => ({
      persistent_id: String(index),
      text,
      voter_count: 0,
    })),
    total_voter_count: 0,
    is_closed: false,
    is_anonymous: true,
    type: 'regular',
    allows_multiple_answers: false,
  };
}

/** Votes as answers. A question takes votes only in the polls that it has sent itself, so an old poll answers nothing. */

import type { UserInput } from '../../update/input.ts';
import { type ActiveFlow, questionOf } from './active-flow.ts';
import type { PendingQuestion } from './pending-question.ts';

/** Whether a vote, or the new state of a poll, may answer the pending question. */
export function mayAnswer(
  { run, memo }: ActiveFlow,
  question: PendingQuestion,
  input: UserInput,
): boolean {
  const { polls = [] } = memo;
  const accept = questionOf(question)?.accept;
  if (input.kind === 'poll_answer') {
    const { poll_id, option_ids } = input.value;
    // a vote that is taken back has no options
    return polls.includes(poll_id) && (typeof accept === 'function' || option_ids.length > 0);
  }
  if (input.kind !== 'poll' || !polls.includes(input.value.id)) return false;
  const { is_closed, total_voter_count } = input.value;
  // in a group anybody may have voted: there the result is an answer, not the first vote
  const isVoted = (run.turn.subject.chat ?? 0) > 0 && total_voter_count > 0;
  return typeof accept === 'function' || is_closed || isVoted;
}

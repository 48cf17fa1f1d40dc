/** Shared by both bots of this example: one state for the whole chat, and the counting of votes. */

import { state, states } from '@telefsm/core';

/** A poll that is open in a chat; votes by the voter's id. */
export interface OpenPoll {
  readonly question: string;
  readonly votes: { readonly [voter: string]: 'yes' | 'no' };
}

/** The chat either has an open poll or none. */
export const Poll = states('Poll', { open: state<OpenPoll>() });

/** The poll after a vote; a second vote of the same person replaces the first. */
export function withVote(poll: OpenPoll, voter: number, vote: 'yes' | 'no'): OpenPoll {
  return { ...poll, votes: { ...poll.votes, [voter]: vote } };
}

/** Reads a question, or nothing; with the votes behind it, it has to fit into a message. */
export function questionIn(text: string): string | undefined {
  const question = text.trim();
  return question.length > 0 && question.length <= 200 ? question : undefined;
}

/** How it stands. */
export function standing({ question, votes }: OpenPoll): string {
  const all = Object.values(votes);
  const yes = all.filter((vote) => vote === 'yes').length;
  return `${question} Yes: ${yes}, no: ${all.length - yes}.`;
}

/** Everything that the bots say. */
export const texts = {
  howTo: 'Ask a question, in up to 200 characters: /poll Pizza tonight?',
  running: 'A poll is running. /close ends it.',
  none: 'There is no poll. /poll begins one.',
  voted: 'Counted.',
} as const;

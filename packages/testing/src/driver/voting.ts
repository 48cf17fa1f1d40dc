/** Votes of users in polls. */

import type { Payload } from '../cloud/raw.ts';
import type { Shown } from '../cloud/screen.ts';
import { listOf, objectOf } from '../methods/parameters.ts';
import { complaint } from './complaint.ts';
import { allShown } from './looking.ts';
import { type Actor, did } from './stage.ts';

/** The options that a user votes for; `undefined` takes the vote back. */
type Vote = string | readonly string[] | undefined;

interface PollOption {
  readonly text: string;
  readonly voter_count: number;
}

const none: readonly number[] = [];

/** Votes in a poll of the bot: its new state, and the user's answer where the poll is not anonymous. */
export async function vote(actor: Actor, given: Vote, on: Shown | undefined): Promise<void> {
  const { stage, user, address } = actor;
  const { cloud } = stage;
  const { messages } = cloud.record(address.chat, address.business);
  const shown = on ?? allShown(cloud, address).findLast(({ kind }) => kind === 'poll');
  const kept = shown === undefined ? undefined : messages.get(shown.message_id);
  const poll = kept === undefined ? undefined : objectOf(kept.message, 'poll');
  const texts = given === undefined ? [] : [given].flat();
  const key = `${poll?.['id']}/${user.id}`;
  const before = cloud.votes.get(key) ?? none;
  const why = objection(poll, texts, before);
  const what = texts.length === 0 ? 'take the vote back' : `vote for '${texts.join("', '")}'`;
  if (kept === undefined || poll === undefined || why !== undefined) {
    const text = `${user.first_name} cannot ${what}: ${why ?? 'there is no poll'}.`;
    throw complaint(cloud, text, { operator: 'votes' });
  }
  const options = optionsOf(poll);
  const chosen = options.flatMap(({ text }, at) => (texts.includes(text) ? [at] : []));
  did(
    cloud,
    user,
    address,
    texts.length === 0 ? 'takes the vote back' : `votes for ${texts.join(', ')}`,
  );
  cloud.votes.set(key, chosen);
  const count = (at: number) => Number(chosen.includes(at)) - Number(before.includes(at));
  const voters = Number(chosen.length > 0) - Number(before.length > 0);
  const voted = {
    ...poll,
    options: options.map((each, at) => ({ ...each, voter_count: each.voter_count + count(at) })),
    total_voter_count: Number(poll['total_voter_count']) + voters,
  };
  kept.message = { ...kept.message, poll: voted };
  const answer = {
    poll_id: poll['id'],
    user,
    option_ids: chosen,
    option_persistent_ids: chosen.map(String),
  };
  const open = poll['is_anonymous'] === false ? [cloud.number('poll_answer', answer)] : [];
  await stage.deliver([cloud.number('poll', voted), ...open]);
}

/** Why a poll does not accept a vote. */
function objection(
  poll: Payload | undefined,
  texts: readonly string[],
  before: readonly number[],
): string | undefined {
  if (poll === undefined) return 'there is no poll';
  if (poll['is_closed'] === true) return 'the poll is closed';
  const options = optionsOf(poll).map(({ text }) => text);
  if (!texts.every((text) => options.includes(text)))
    return `the options are ${options.join(', ')}`;
  if (texts.length > 1 && poll['allows_multiple_answers'] !== true) return 'it accepts one answer';
  if (before.length > 0 && poll['type'] === 'quiz') return 'a vote in a quiz is final';
  return texts.length === 0 && before.length === 0 ? 'there is none' : undefined;
}

function optionsOf(poll: Payload): readonly PollOption[] {
  return listOf(poll, 'options') as readonly PollOption[];
}

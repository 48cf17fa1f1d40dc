/**
 * Polls that conversations have sent. A vote names its poll and its voter but no chat, and the new state of a poll names nobody. So the
 * storage has a record for each poll, which says where it was sent. Its key is that of no conversation.
 *
 * A machine that follows no polls neither reads nor writes such records.
 */

import { isJsonObject } from '../base/json.ts';
import { invalidOption } from '../base/rules.ts';
import { peekAt } from '../lease/calls.ts';
import { idsKeptFor } from '../record/recent.ts';
import type { Write } from '../storage/statements.ts';
import type { Asker } from '../update/elsewhere.ts';
import { type RawUpdate, textIn, wholeIn } from '../update/raw-update.ts';
import { payloadOf, type Subject } from '../update/subject.ts';
import type { OpenTurn, Runtime } from './runtime.ts';
import { writeValue } from './write-value.ts';

/** Ms that the record of a poll is waited for at most; only turns that follow the same poll write it. */
const timeout = 10_000;

/** Ms that a poll is followed where conversations are kept without end: longer than Telegram keeps a poll open by itself. */
const followedFor = 31 * 86_400_000;

/**
 * Keeps which conversation has sent a poll, for as long as conversations are kept.
 *
 * @param isByHand - the bot asks for it: a machine that follows no polls rejects that
 * @throws FsmError `INVALID_OPTION`, `STORAGE_FAILED`
 */
export async function followPoll(turn: OpenTurn, id: string, isByHand: boolean): Promise<void> {
  const { rt, subject, tag } = turn;
  if (!rt.followsPolls) {
    if (isByHand) throw invalidOption('polls', 'true, to follow polls by hand', 'left out');
    return;
  }
  const { chat = turn.replyAddress?.chat, user, thread, business } = subject;
  const text = JSON.stringify({ tag, chat, user, thread, business });
  const ttl = rt.options.ttl ?? followedFor;
  await write(rt, keyOfPoll(rt, subject.bot, id), { text, state: null, ttl });
}

async function write(rt: Runtime, key: string, next: Write | undefined): Promise<void> {
  await writeValue(rt.leases, await rt.queues.join(key), key, next, timeout);
}

/**
 * Finds who has sent the poll of an update, then handles the update: updates of one poll in the order in which they have come.
 *
 * @param handle - is called with `undefined` for a poll that no conversation has sent
 * @throws FsmError `STORAGE_FAILED`; what `handle` throws passes
 */
export async function withSender(
  rt: Runtime,
  update: RawUpdate,
  subject: Subject,
  handle: (sender: Asker | undefined) => Promise<void>,
): Promise<void> {
  const payload = payloadOf(update);
  const id = textIn(payload, subject.updateType === 'poll' ? 'id' : 'poll_id');
  if (id === undefined) return handle(undefined);
  const key = keyOfPoll(rt, subject.bot, id);
  const seat = await rt.queues.join(key);
  let text: string | undefined;
  let handled: Promise<void>;
  try {
    text = (await peekAt(key, rt))?.text;
    // handled before the seat is left: the next update of the poll is not to overtake this one
    handled = handle(senderIn(text, subject));
  } finally {
    seat.leave();
  }
  await handled;
  if (text === undefined || payload?.['is_closed'] !== true) return;
  // nobody can vote any more: the record stays for as long as Telegram may send its updates again, where the storage can delete it then
  const last = { text, state: null, ttl: idsKeptFor };
  await write(rt, key, rt.storage.features.ttl ? last : undefined);
}

/** A vote is of its voter, in the chat where the poll was sent; a poll's new state is of the conversation that has sent it. */
function senderIn(text: string | undefined, { bot, user, updateType }: Subject) {
  const stored = text === undefined ? undefined : readable(text);
  const tag = isJsonObject(stored) ? textIn(stored, 'tag') : undefined;
  if (tag === undefined || !isJsonObject(stored)) return undefined;
  const subject: Subject = {
    bot,
    chat: wholeIn(stored, 'chat'),
    user: updateType === 'poll' ? wholeIn(stored, 'user') : user,
    thread: wholeIn(stored, 'thread'),
    business: textIn(stored, 'business'),
    updateType,
  };
  return { subject, tag };
}

/** Something else may have written there: then nobody has sent the poll. */
function readable(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A space is in no key of a conversation: a listing of conversations shows no polls. */
function keyOfPoll({ options }: Runtime, bot: number, id: string): string {
  return `${options.namespace} poll ${bot} ${id}`;
}

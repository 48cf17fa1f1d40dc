/** Messages that reply to the bot, for flows with `replies: 'only'`. Loaded with the first input of such a flow. */

import { isEvent, type UserInput } from '../../update/input.ts';
import { idIn, objectIn } from '../../update/raw-update.ts';
import { payloadOf } from '../../update/subject.ts';
import type { ActiveFlow } from './active-flow.ts';

/** Returns whether an input is a message in a group and does not reply to the bot. */
export function isOtherTalk({ run, memo }: ActiveFlow, input: UserInput): boolean {
  const { kind, update, album } = input;
  const { subject } = run.turn;
  if ((subject.chat ?? 0) >= 0) return false;
  if (kind === 'button' || kind === 'command' || isEvent(input)) return false;
  // only the first part of an album is a reply
  if (album !== undefined && album === memo.album) return false;
  const replied = objectIn(payloadOf(update), 'reply_to_message');
  // in a topic, a message that replies to no other one replies to the service message that created the topic
  if (objectIn(replied, 'forum_topic_created') !== undefined) return true;
  return idIn(replied, 'from') !== subject.bot;
}

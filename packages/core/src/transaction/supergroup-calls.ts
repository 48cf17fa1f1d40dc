/**
 * A group that has become a supergroup: Telegram rejects calls to it, and names the supergroup. Conversations whose key has no chat learn of it
 * by that. Loaded with the first call that fails.
 */

import { holds } from '../base/holds.ts';
import type { ApiCall } from '../conversation/outgoing.ts';
import { answerIn } from '../conversation/rejected.ts';
import { whole } from '../update/raw-update.ts';
import type { OpenTurn } from './runtime.ts';

/**
 * Sends a message to the supergroup that its group has become; from now on, the conversation is there.
 *
 * @throws the error, if it is another one, or the call concerns a message that is not in the supergroup
 */
export async function sendThere(turn: OpenTurn, call: ApiCall, error: unknown): Promise<unknown> {
  const answer = answerIn(error);
  const { migrate_to_chat_id } = Object(holds(answer, 'parameters') && answer.parameters);
  const chat = whole(migrate_to_chat_id);
  const { facts, copy } = turn;
  if (chat === undefined || !/^(?:send|copy|forward)/i.test(call.method)) throw error;
  // what it replies to has another number there
  const { reply_parameters: _, chat_id, ...payload } = Object(call.payload);
  const { replyAddress } = copy.base;
  if (replyAddress !== undefined && replyAddress.chat === Number(chat_id)) {
    copy.base = { ...copy.base, replyAddress: { ...replyAddress, chat } };
  }
  return facts.bot?.call(call.method, { ...payload, chat_id: chat });
}

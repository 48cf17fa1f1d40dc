/** Whom a call addresses, and whether the bot may. */
import { reject } from '../cloud/answer.ts';
import type { ChatRecord, Cloud, Kept } from '../cloud/cloud.ts';
import type { Payload } from '../cloud/raw.ts';
import { numberOf, objectOf, textParameter } from './parameters.ts';

/** Finds the chat of a call; rejects one that does not exist. */
export function chatOf(cloud: Cloud, payload: Payload, field = 'chat_id'): ChatRecord {
  const id = payload[field];
  if (id === undefined || id === '') return reject(400, `Bad Request: ${field} is empty`);
  const business = textParameter(payload, 'business_connection_id');
  const record =
    typeof id === 'string' && id.startsWith('@')
      ? [...cloud.chats.values()].find((each) => each.chat['username'] === id.slice(1))
      : cloud.find(Number(id), business);
  return record ?? reject(400, 'Bad Request: chat not found');
}

/** Finds the chat of a call to which the bot writes; rejects one that has blocked the bot. */
export function openChatOf(cloud: Cloud, payload: Payload): ChatRecord {
  const record = chatOf(cloud, payload);
  const { chat } = record;
  const business = payload['business_connection_id'] !== undefined;
  if (cloud.blocked.has(chat.id) && !business)
    reject(403, 'Forbidden: bot was blocked by the user');
  const kind =
    chat.type === 'channel' || chat.type === 'supergroup' ? `${chat.type} chat` : 'group chat';
  const membership = record.members.get(cloud.me.id);
  if (membership === 'kicked') reject(403, `Forbidden: bot was kicked from the ${kind}`);
  if (membership === 'left') reject(403, `Forbidden: bot is not a member of the ${kind}`);
  const migrated = chat['migrated_to'];
  if (typeof migrated === 'number') {
    reject(400, 'Bad Request: group chat was upgraded to a supergroup chat', {
      migrate_to_chat_id: migrated,
    });
  }
  const thread = numberOf(payload, 'message_thread_id');
  const hasTopics = chat['is_forum'] === true || (chat.type === 'private' && !business);
  if (thread !== undefined && hasTopics && !record.topics.has(thread)) {
    reject(400, 'Bad Request: message thread not found');
  }
  const direct = numberOf(payload, 'direct_messages_topic_id');
  if (chat['is_direct_messages'] === true && direct === undefined) {
    reject(400, 'Bad Request: channel direct messages topic must be specified');
  }
  if (direct !== undefined && !cloud.users.has(direct)) {
    reject(400, 'Bad Request: direct messages topic not found');
  }
  return record;
}

/** Finds the message that a call replies to; rejects one that is gone. */
export function repliedOf(record: ChatRecord, payload: Payload): Kept | undefined {
  const reply = objectOf(payload, 'reply_parameters');
  const id =
    reply === undefined ? numberOf(payload, 'reply_to_message_id') : Number(reply['message_id']);
  if (id === undefined) return undefined;
  const kept = record.messages.get(id);
  const lenient = reply?.['allow_sending_without_reply'] ?? payload['allow_sending_without_reply'];
  if (kept === undefined && lenient !== true)
    reject(400, 'Bad Request: message to be replied not found');
  return kept;
}

/** Finds the message of a call; rejects one that is gone, in the words of the verb. */
export function messageOf(record: ChatRecord, payload: Payload, verb: string): Kept {
  const id = numberOf(payload, 'message_id');
  if (id === undefined) return reject(400, 'Bad Request: message identifier is not specified');
  return record.messages.get(id) ?? reject(400, `Bad Request: message to ${verb} not found`);
}

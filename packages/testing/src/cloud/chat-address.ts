/** Where somebody writes: chats, topics, and private chats seen through a business connection. */
import type { RawChat, RawMessage } from './raw.ts';

/** A chat, a topic of it, or a private chat seen through a business connection. */
export interface ChatAddress {
  /** The chat. */
  readonly chat: RawChat;
  /** The number of the topic. */
  readonly thread?: number;
  /** The topic of a user in the direct messages of a channel. */
  readonly direct?: number;
  /** The id of the business connection. */
  readonly business?: string;
}

/** Returns where a message is. */
export function addressOf(message: RawMessage): ChatAddress {
  const thread = message['message_thread_id'];
  const business = message['business_connection_id'];
  const direct = (message['direct_messages_topic'] as { topic_id?: number } | undefined)?.topic_id;
  return {
    chat: message.chat,
    ...(typeof thread === 'number' && message['is_topic_message'] === true ? { thread } : {}),
    ...(direct === undefined ? {} : { direct }),
    ...(typeof business === 'string' ? { business } : {}),
  };
}

/** Returns whether two places are one: the same chat, topics and business connection. */
export function sameAddress(one: ChatAddress, other: ChatAddress): boolean {
  return (
    one.chat.id === other.chat.id &&
    one.thread === other.thread &&
    one.direct === other.direct &&
    one.business === other.business
  );
}

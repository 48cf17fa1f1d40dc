/** The stage on which users act: Telegram in memory, and a way for its updates to the bot. */

import type { RawUpdate } from '@telefsm/core';
import type { ChatAddress } from '../cloud/chat-address.ts';
import type { Cloud } from '../cloud/cloud.ts';
import type { RawChat, RawMessage, RawUser } from '../cloud/raw.ts';
import { describe } from '../cloud/screen.ts';

/** Where users act. */
export interface Stage {
  readonly cloud: Cloud;
  /** Brings updates to the bot in their order; resolves when the bot has finished with all of them, rejects with what it threw. */
  deliver(updates: readonly RawUpdate[]): Promise<void>;
}

/** A user in a chat. */
export interface Actor {
  readonly stage: Stage;
  readonly user: RawUser;
  readonly address: ChatAddress;
}

/** Writes messages of a user into a place, one for each set of fields, and brings them to the bot. */
export async function write(
  stage: Stage,
  user: RawUser,
  address: ChatAddress,
  parts: readonly Readonly<Record<string, unknown>>[],
): Promise<void> {
  const { cloud } = stage;
  const record = cloud.record(address.chat, address.business);
  const messages = parts.map((fields): RawMessage => {
    const message = { ...header(cloud, user, address), ...fields };
    record.messages.set(message.message_id, { message });
    return message;
  });
  did(cloud, user, address, messages.map(describe).join(' '), true);
  await stage.deliver(
    messages.map((message) => cloud.number(typeFor(address, 'message'), structuredClone(message))),
  );
}

/** The update type of something that happens to a message in a place. */
export function typeFor(address: ChatAddress, what: 'message' | 'edited'): string {
  const edited = what === 'edited' ? 'edited_' : '';
  if (address.business !== undefined) return `${edited}business_message`;
  return address.chat.type === 'channel' ? `${edited}channel_post` : `${edited}message`;
}

/** Notes in the transcript what a user does; from here on counts what the user sees. */
export function did(
  cloud: Cloud,
  user: RawUser,
  address: ChatAddress | undefined,
  what: string,
  says = false,
): void {
  cloud.screen.push({
    kind: 'did',
    user,
    ...(address === undefined ? {} : { address, where: cloud.where(address) }),
    what,
    says,
  });
}

/** The private chat of a user with the bot. */
export function privateChat(user: RawUser): RawChat {
  const { is_bot: _, language_code: __, ...chat } = user;
  return { ...chat, type: 'private' };
}

function header(cloud: Cloud, user: RawUser, address: ChatAddress): RawMessage {
  const chat = cloud.record(address.chat, address.business).chat;
  return {
    message_id: cloud.messageId(chat),
    ...(chat.type === 'channel' ? { sender_chat: chat } : { from: user }),
    chat,
    date: cloud.date(),
    ...(address.thread === undefined
      ? {}
      : { message_thread_id: address.thread, is_topic_message: true }),
    ...(address.direct === undefined
      ? {}
      : { direct_messages_topic: { topic_id: address.direct, user } }),
    ...(address.business === undefined ? {} : { business_connection_id: address.business }),
  };
}

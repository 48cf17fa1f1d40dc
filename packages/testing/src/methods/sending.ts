/** Methods that send messages: one, an album, copies, forwards. */
import { reject } from '../cloud/answer.ts';
import type { ChatRecord } from '../cloud/cloud.ts';
import type { Payload, RawMessage } from '../cloud/raw.ts';
import { type Call, type Content, captionContent, contents, inputMedia } from './contents.ts';
import { markupOf } from './markup.ts';
import { pick } from './media.ts';
import { listOf, numberOf, objectOf, textParameter } from './parameters.ts';
import { chatOf, messageOf, openChatOf, repliedOf } from './target.ts';

/** Methods that send one message and give it back. */
export const sendingMethods: Readonly<Record<string, (call: Call) => RawMessage>> =
  Object.fromEntries(
    Object.entries(contents).map(([name, content]) => [
      name,
      (call: Call) => post(call, openChatOf(call.cloud, call.payload), content(call)),
    ]),
  );

/** Sends an album: 2 to 10 parts under one `media_group_id`. */
export function sendMediaGroup(call: Call): readonly RawMessage[] {
  const record = openChatOf(call.cloud, call.payload);
  const parts = listOf(call.payload, 'media') as readonly Payload[];
  if (parts.length < 2 || parts.length > 10) {
    reject(400, 'Bad Request: media group must include 2-10 items');
  }
  const made = parts.map((part) => inputMedia(call, part));
  const media_group_id = `album-${call.cloud.next('album')}`;
  return made.map((content) => post(call, record, { ...content, media_group_id }));
}

/** Sends a copy of a message; gives back its number only. */
export function copyMessage(call: Call): { readonly message_id: number } {
  const { cloud, payload } = call;
  const record = openChatOf(cloud, payload);
  const { message } = messageOf(chatOf(cloud, payload, 'from_chat_id'), payload, 'copy');
  const caption = payload['caption'] === undefined ? {} : captionContent(payload);
  const copy = post(call, record, { ...contentOf(message), ...caption });
  return { message_id: copy.message_id };
}

/** Forwards a message with its origin. */
export function forwardMessage(call: Call): RawMessage {
  const { cloud, payload } = call;
  const record = openChatOf(cloud, payload);
  const { message } = messageOf(chatOf(cloud, payload, 'from_chat_id'), payload, 'forward');
  const origin = { type: 'user', sender_user: message.from, date: message.date };
  return post(call, record, { ...contentOf(message), forward_origin: origin });
}

/** Copies or forwards several messages, skipping those that are gone. */
export function several(
  call: Call,
  each: (call: Call) => { readonly message_id: number },
): readonly { readonly message_id: number }[] {
  const from = chatOf(call.cloud, call.payload, 'from_chat_id');
  const ids = listOf(call.payload, 'message_ids').map(Number);
  return ids
    .filter((id) => from.messages.has(id))
    .map((message_id) => each({ ...call, payload: { ...call.payload, message_id } }))
    .map(({ message_id }) => ({ message_id }));
}

function post(call: Call, record: ChatRecord, content: Content): RawMessage {
  const { cloud, method, payload } = call;
  const markup = markupOf(payload);
  const replied = repliedOf(record, payload);
  const thread = numberOf(payload, 'message_thread_id');
  const direct = numberOf(payload, 'direct_messages_topic_id');
  const business = textParameter(payload, 'business_connection_id');
  const onlyInline = record.chat.type === 'channel' || business !== undefined;
  if (onlyInline && markup !== undefined && markup.inline_keyboard === undefined)
    reject(400, 'Bad Request: inline keyboard expected');
  const author =
    record.chat.type === 'channel'
      ? { sender_chat: record.chat }
      : business === undefined
        ? { from: cloud.me }
        : { from: cloud.me, sender_business_bot: cloud.me };
  const message: RawMessage = {
    message_id: cloud.messageId(record.chat),
    ...author,
    chat: record.chat,
    date: cloud.date(),
    ...(thread === undefined ? {} : { message_thread_id: thread, is_topic_message: true }),
    ...(direct === undefined
      ? {}
      : { direct_messages_topic: { topic_id: direct, user: cloud.users.get(direct) } }),
    ...(business === undefined ? {} : { business_connection_id: business }),
    ...(replied === undefined ? {} : { reply_to_message: withoutReply(replied.message) }),
    ...content,
    // Telegram gives back inline keyboards only.
    ...(markup?.inline_keyboard === undefined
      ? {}
      : { reply_markup: { inline_keyboard: markup.inline_keyboard } }),
    ...(objectOf(payload, 'link_preview_options') === undefined
      ? {}
      : pick(payload, ['link_preview_options'])),
    ...(payload['protect_content'] === true ? { has_protected_content: true } : {}),
  };
  if (markup?.keyboard !== undefined) record.keyboard = { markup, message_id: message.message_id };
  if (markup?.remove_keyboard === true) record.keyboard = undefined;
  cloud.show(record, message, { method, payload });
  return message;
}

function contentOf(message: RawMessage): Content {
  const {
    message_id,
    date,
    chat,
    from,
    reply_markup,
    reply_to_message,
    message_thread_id,
    is_topic_message,
    direct_messages_topic,
    sender_chat,
    ...content
  } = message;
  return content;
}

function withoutReply(message: RawMessage): RawMessage {
  const { reply_to_message, ...rest } = message;
  return rest;
}

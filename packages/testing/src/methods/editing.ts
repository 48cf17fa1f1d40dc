/** Methods that change or delete what has been sent. */
import { reject } from '../cloud/answer.ts';
import { addressOf } from '../cloud/chat-address.ts';
import type { ChatRecord, Kept } from '../cloud/cloud.ts';
import type { RawMessage } from '../cloud/raw.ts';
import { describe } from '../cloud/screen.ts';
import { type Call, captionContent, inputMedia, richContent, textContent } from './contents.ts';
import { markupOf } from './markup.ts';
import { pick } from './media.ts';
import { listOf, objectOf, textParameter } from './parameters.ts';
import { chatOf, messageOf } from './target.ts';

/** Edits the text, caption, media or keyboard of a message of the bot. */
export function editMessage(call: Call): RawMessage | true {
  const { cloud, method, payload } = call;
  // beside a chat, Telegram does not look at it
  const isInline = payload['chat_id'] === undefined && payload['message_id'] === undefined;
  if (isInline && textParameter(payload, 'inline_message_id') !== undefined) {
    changeOf(call, undefined);
    return true;
  }
  const record = chatOf(cloud, payload);
  const { message } = own(call, record, messageOf(record, payload, 'edit'));
  const change = changeOf(call, message);
  const markup = markupOf(payload);
  const { reply_markup, entities, caption_entities, ...rest } = message;
  const kept =
    method === 'editMessageReplyMarkup'
      ? { ...rest, ...pick(message, ['entities', 'caption_entities']) }
      : rest;
  const edited: RawMessage = {
    ...(kept as RawMessage),
    ...change,
    edit_date: cloud.date(),
    ...(markup?.inline_keyboard === undefined
      ? {}
      : { reply_markup: { inline_keyboard: markup.inline_keyboard } }),
  };
  if (looks(edited) === looks(message)) {
    reject(
      400,
      'Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message',
    );
  }
  cloud.show(record, edited, { method, payload });
  return edited;
}

/** Stops a poll of the bot and gives it back. */
export function stopPoll(call: Call): unknown {
  const record = chatOf(call.cloud, call.payload);
  const { message } = own(call, record, messageOf(record, call.payload, 'edit'));
  const poll = objectOf(message, 'poll');
  if (poll === undefined) return reject(400, 'Bad Request: message with poll to stop not found');
  if (poll['is_closed'] === true) reject(400, 'Bad Request: poll has already been closed');
  const closed = { ...poll, is_closed: true };
  call.cloud.show(record, { ...message, poll: closed }, call);
  return closed;
}

/** Deletes a message. Those of business accounts have a method of their own, so a connection is not looked at. */
export function deleteMessage(call: Call): true {
  const { business_connection_id: _, ...payload } = call.payload;
  const record = chatOf(call.cloud, payload);
  remove(call, record, messageOf(record, payload, 'delete'));
  return true;
}

/** Deletes messages that were sent for a business account; all are in one chat. */
export function deleteBusinessMessages(call: Call): true {
  const { cloud, payload } = call;
  const connection = textParameter(payload, 'business_connection_id');
  if (connection === undefined || !cloud.connections.has(connection))
    return reject(400, 'Bad Request: BUSINESS_CONNECTION_INVALID');
  const ids = listOf(payload, 'message_ids').map(Number);
  const record = [...cloud.chats.values()].find(({ messages }) =>
    ids.every((id) => messages.get(id)?.message['business_connection_id'] === connection),
  );
  if (record === undefined || ids.length === 0)
    return reject(400, 'Bad Request: message to delete not found');
  for (const kept of ids.flatMap((id) => record.messages.get(id) ?? [])) remove(call, record, kept);
  return true;
}

/** Deletes several messages, skipping those that are gone. */
export function deleteMessages(call: Call): true {
  const record = chatOf(call.cloud, call.payload);
  for (const id of listOf(call.payload, 'message_ids')) {
    const kept = record.messages.get(Number(id));
    if (kept !== undefined) remove(call, record, kept);
  }
  return true;
}

/** Sets the reactions of the bot to a message. */
export function setMessageReaction(call: Call): true {
  messageOf(chatOf(call.cloud, call.payload), call.payload, 'react');
  return true;
}

/** Pins a message, or takes the pin away. */
export function pinChatMessage(call: Call): true {
  messageOf(chatOf(call.cloud, call.payload), call.payload, 'pin');
  return true;
}

function changeOf(call: Call, message: RawMessage | undefined): Readonly<Record<string, unknown>> {
  const { method, payload } = call;
  switch (method) {
    case 'editMessageText':
      if (message !== undefined && message.text === undefined && !message['rich_message'])
        reject(400, 'Bad Request: there is no text in the message to edit');
      return payload['rich_message'] === undefined
        ? { rich_message: undefined, ...textContent(payload) }
        : { text: undefined, ...richContent(payload) };
    case 'editMessageCaption': {
      if (message?.text !== undefined)
        reject(400, 'Bad Request: there is no caption in the message to edit');
      const caption = captionContent(payload);
      return Object.hasOwn(caption, 'caption') ? caption : { caption: undefined };
    }
    case 'editMessageMedia':
      return {
        // a text gives way to media (Bot API, editMessageMedia)
        text: undefined,
        entities: undefined,
        photo: undefined,
        video: undefined,
        audio: undefined,
        document: undefined,
        animation: undefined,
        ...inputMedia(call, objectOf(payload, 'media') ?? {}),
      };
    case 'editMessageLiveLocation':
      return { location: pick(payload, ['latitude', 'longitude', 'live_period', 'heading']) };
    case 'editMessageChecklist':
      return pick(payload, ['checklist']);
    default:
      return {};
  }
}

function own(call: Call, record: ChatRecord, kept: Kept): Kept {
  const mine =
    record.chat.type === 'channel'
      ? kept.call !== undefined
      : kept.message.from?.id === call.cloud.me.id;
  if (!mine) reject(400, "Bad Request: message can't be edited");
  return kept;
}

function remove(call: Call, record: ChatRecord, { message }: Kept): void {
  const { cloud } = call;
  record.messages.delete(message.message_id);
  const address = addressOf(message);
  cloud.screen.push({
    kind: 'deleted',
    address,
    where: cloud.where(address),
    text: describe(message),
  });
}

/** The parts of a message that decide whether it is modified. */
function looks(message: RawMessage): string {
  const { edit_date, ...rest } = message;
  return JSON.stringify(rest, (_, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)))
      : value,
  );
}

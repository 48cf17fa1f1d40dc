/** Methods that send messages: what stands in them, and what Telegram refuses. */
import { refuse } from '../cloud/answer.ts';
import type { ChatRecord, Cloud } from '../cloud/cloud.ts';
import type { Payload, RawMessage } from '../cloud/raw.ts';
import { format } from './formatting.ts';
import { markupOf } from './markup.ts';
import { fileOf, type MediaField, mediaContent, mediaFields, pick } from './media.ts';
import { listOf, numberOf, objectOf, textOf, type Uploads } from './parameters.ts';
import { chatOf, messageOf, openChatOf, repliedOf } from './target.ts';

/** A call being answered. */
export interface Call {
  readonly cloud: Cloud;
  readonly method: string;
  readonly payload: Payload;
  readonly uploads: Uploads;
}

type Content = Readonly<Record<string, unknown>>;

/** Methods that send one message, with what they put into it. */
const contents: Readonly<Record<string, (call: Call) => Content>> = {
  sendMessage: (call) => textContent(call.payload),
  sendRichMessage: ({ payload }) => ({ rich_message: payload['rich_message'] }),
  sendLocation: ({ payload }) => ({
    location: pick(payload, [
      'latitude',
      'longitude',
      'horizontal_accuracy',
      'live_period',
      'heading',
    ]),
  }),
  sendVenue: ({ payload }) => {
    const location = pick(payload, ['latitude', 'longitude']);
    return { location, venue: { location, ...pick(payload, ['title', 'address']) } };
  },
  sendContact: ({ payload }) => ({
    contact: pick(payload, ['phone_number', 'first_name', 'last_name', 'vcard']),
  }),
  sendDice: ({ cloud, payload }) => ({
    dice: { emoji: textOf(payload, 'emoji') ?? '🎲', value: 1 + (cloud.next('dice') % 6) },
  }),
  sendPoll: pollContent,
  sendInvoice: ({ payload }) => {
    const prices = listOf(payload, 'prices') as readonly { readonly amount: number }[];
    if (!textOf(payload, 'title')) refuse(400, 'Bad Request: invoice title is empty');
    if (prices.length === 0) refuse(400, 'Bad Request: prices must be non-empty');
    const total_amount = prices.reduce((sum, price) => sum + Number(price.amount), 0);
    return {
      invoice: {
        ...pick(payload, ['title', 'description', 'currency']),
        start_parameter: textOf(payload, 'start_parameter') ?? '',
        total_amount,
      },
    };
  },
  sendGame: ({ payload }) => ({
    game: { title: textOf(payload, 'game_short_name'), description: '', photo: [] },
  }),
  sendChecklist: ({ payload }) => ({ checklist: payload['checklist'] }),
  sendPaidMedia: (call) => ({
    paid_media: {
      star_count: call.payload['star_count'],
      paid_media: listOf(call.payload, 'media'),
    },
    ...captionContent(call.payload),
  }),
  ...Object.fromEntries(
    mediaFields.map((field) => [sendingMethod(field), (call: Call) => fileContent(call, field)]),
  ),
};

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
    refuse(400, 'Bad Request: media group must include 2-10 items');
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

/** The text of a message, under the limit of 4,096 characters. */
export function textContent(payload: Payload): Content {
  const given = payload['entities'] === undefined ? undefined : listOf(payload, 'entities');
  const { text, entities } = format(
    textOf(payload, 'text') ?? '',
    textOf(payload, 'parse_mode'),
    given,
  );
  if (text.trim() === '') refuse(400, 'Bad Request: message text is empty');
  if ([...text].length > 4096) refuse(400, 'Bad Request: message is too long');
  return { text, ...(entities.length > 0 ? { entities } : {}) };
}

/** The caption of a message, under the limit of 1,024 characters; nothing when there is none. */
export function captionContent(payload: Payload): Content {
  const source = textOf(payload, 'caption');
  if (source === undefined || source === '') return {};
  const given =
    payload['caption_entities'] === undefined ? undefined : listOf(payload, 'caption_entities');
  const { text, entities } = format(source, textOf(payload, 'parse_mode'), given);
  if ([...text].length > 1024) refuse(400, 'Bad Request: message caption is too long');
  return { caption: text, ...(entities.length > 0 ? { caption_entities: entities } : {}) };
}

/** What an `InputMedia…` puts into a message. */
export function inputMedia(call: Call, part: Payload): Content {
  const type = textOf(part, 'type');
  const field = mediaFields.find((each) => each === type);
  if (field === undefined)
    return refuse(
      400,
      `Bad Request: can't parse InputMedia: Unsupported type "${type ?? ''}" specified`,
    );
  const file = fileOf(call.cloud, field, part['media'], call.uploads);
  return { [field]: mediaContent(field, file, part), ...captionContent(part) };
}

function fileContent(call: Call, field: MediaField): Content {
  const file = fileOf(call.cloud, field, call.payload[field], call.uploads);
  const content = mediaContent(field, file, call.payload);
  // An animation is a document too (Bot API, Message.animation).
  const also = field === 'animation' ? { document: content } : {};
  return {
    [field]: content,
    ...also,
    ...(field === 'sticker' || field === 'video_note' ? {} : captionContent(call.payload)),
  };
}

function pollContent({ cloud, payload }: Call): Content {
  const question = textOf(payload, 'question') ?? '';
  const options = listOf(payload, 'options').map((option) =>
    typeof option === 'string' ? option : String((option as Payload)['text']),
  );
  if (question === '') refuse(400, 'Bad Request: poll question must be non-empty');
  if (question.length > 300) refuse(400, 'Bad Request: poll question length must not exceed 300');
  if (options.length < 1) refuse(400, 'Bad Request: poll must have at least 2 option');
  if (options.length > 12) refuse(400, "Bad Request: poll can't have more than 12 options");
  return {
    poll: {
      id: `poll-${cloud.next('poll')}`,
      question,
      options: options.map((text, index) => ({
        persistent_id: String(index),
        text,
        voter_count: 0,
      })),
      total_voter_count: 0,
      is_closed: payload['is_closed'] === true,
      is_anonymous: payload['is_anonymous'] !== false,
      type: textOf(payload, 'type') ?? 'regular',
      allows_multiple_answers: payload['allows_multiple_answers'] === true,
      ...pick(payload, [
        'correct_option_id',
        'correct_option_ids',
        'explanation',
        'open_period',
        'close_date',
      ]),
    },
  };
}

function post(call: Call, record: ChatRecord, content: Content): RawMessage {
  const { cloud, method, payload } = call;
  const markup = markupOf(payload);
  const replied = repliedOf(record, payload);
  const thread = numberOf(payload, 'message_thread_id');
  const business = textOf(payload, 'business_connection_id');
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
    sender_chat,
    ...content
  } = message;
  return content;
}

function withoutReply(message: RawMessage): RawMessage {
  const { reply_to_message, ...rest } = message;
  return rest as RawMessage;
}

function sendingMethod(field: MediaField): string {
  return `send${field
    .split('_')
    .map((word) => word[0]?.toUpperCase() + word.slice(1))
    .join('')}`;
}

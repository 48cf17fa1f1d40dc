/** The contents of messages, by the method that sends them: texts, captions, files, polls, invoices. */
import { reject } from '../cloud/answer.ts';
import type { Cloud } from '../cloud/cloud.ts';
import { newPoll } from '../cloud/poll.ts';
import type { Payload } from '../cloud/raw.ts';
import { format } from './formatting.ts';
import { fileOf, type MediaField, mediaContent, mediaFields, pick } from './media.ts';
import { listOf, objectOf, textParameter, type Uploads } from './parameters.ts';

/** A call being answered. */
export interface Call {
  readonly cloud: Cloud;
  readonly method: string;
  readonly payload: Payload;
  readonly uploads: Uploads;
}

/** Fields of a message beside its number, sender, chat and date. */
export type Content = Readonly<Record<string, unknown>>;

/** Returns the content of a message, for each method that sends one. */
export const contents: Readonly<Record<string, (call: Call) => Content>> = {
  sendMessage: (call) => textContent(call.payload),
  sendRichMessage: ({ payload }) => richContent(payload),
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
    dice: { emoji: textParameter(payload, 'emoji') ?? '🎲', value: 1 + (cloud.next('dice') % 6) },
  }),
  sendPoll: pollContent,
  sendInvoice: ({ payload }) => {
    const prices = listOf(payload, 'prices') as readonly { readonly amount: number }[];
    if (!textParameter(payload, 'title')) reject(400, 'Bad Request: invoice title is empty');
    if (prices.length === 0) reject(400, 'Bad Request: prices must be non-empty');
    const total_amount = prices.reduce((sum, price) => sum + Number(price.amount), 0);
    return {
      invoice: {
        ...pick(payload, ['title', 'description', 'currency']),
        start_parameter: textParameter(payload, 'start_parameter') ?? '',
        total_amount,
      },
    };
  },
  sendGame: ({ payload }) => ({
    game: { title: textParameter(payload, 'game_short_name'), description: '', photo: [] },
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

/** The text of a message, under the limit of 4,096 characters. */
export function textContent(payload: Payload): Content {
  const given = payload['entities'] === undefined ? undefined : listOf(payload, 'entities');
  const { text, entities } = format(
    textParameter(payload, 'text') ?? '',
    textParameter(payload, 'parse_mode'),
    given,
  );
  if (text.trim() === '') reject(400, 'Bad Request: message text is empty');
  if ([...text].length > 4096) reject(400, 'Bad Request: message is too long');
  return { text, ...(entities.length > 0 ? { entities } : {}) };
}

/**
 * A rich message (Bot API, RichMessage), which has blocks whatever it was sent as. Markdown and HTML are not read: each paragraph is a block with
 * its source as its text.
 */
export function richContent(payload: Payload): Content {
  const rich = objectOf(payload, 'rich_message') ?? {};
  const source = textParameter(rich, 'markdown') ?? textParameter(rich, 'html') ?? '';
  const written = source.split(/\n{2,}/).filter((text) => text.trim() !== '');
  const blocks =
    rich['blocks'] === undefined
      ? written.map((text) => ({ type: 'paragraph', text }))
      : listOf(rich, 'blocks');
  if (blocks.length === 0) reject(400, 'Bad Request: message text is empty');
  return { rich_message: { blocks, ...pick(rich, ['is_rtl']) } };
}

/** The caption of a message, under the limit of 1,024 characters; nothing when there is none. */
export function captionContent(payload: Payload): Content {
  const source = textParameter(payload, 'caption');
  if (source === undefined || source === '') return {};
  const given =
    payload['caption_entities'] === undefined ? undefined : listOf(payload, 'caption_entities');
  const { text, entities } = format(source, textParameter(payload, 'parse_mode'), given);
  if ([...text].length > 1024) reject(400, 'Bad Request: message caption is too long');
  return { caption: text, ...(entities.length > 0 ? { caption_entities: entities } : {}) };
}

/** Returns the content that an `InputMedia…` puts into a message. */
export function inputMedia(call: Call, part: Payload): Content {
  const type = textParameter(part, 'type');
  const field = mediaFields.find((each) => each === type);
  if (field === undefined)
    return reject(
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
  const question = textParameter(payload, 'question') ?? '';
  const options = listOf(payload, 'options').map((option) =>
    typeof option === 'string' ? option : String((option as Payload)['text']),
  );
  if (question === '') reject(400, 'Bad Request: poll question must be non-empty');
  if (question.length > 300) reject(400, 'Bad Request: poll question length must not exceed 300');
  if (options.length < 1) reject(400, 'Bad Request: poll must have at least 2 option');
  if (options.length > 12) reject(400, "Bad Request: poll can't have more than 12 options");
  return {
    poll: {
      ...newPoll(cloud, question, options),
      is_closed: payload['is_closed'] === true,
      is_anonymous: payload['is_anonymous'] !== false,
      type: textParameter(payload, 'type') ?? 'regular',
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

function sendingMethod(field: MediaField): string {
  return `send${field
    .split('_')
    .map((word) => word[0]?.toUpperCase() + word.slice(1))
    .join('')}`;
}

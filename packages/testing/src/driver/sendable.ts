/** Attachments that users send besides plain text: photos, places, contacts, albums, forwarded messages. */
import type { Cloud } from '../cloud/cloud.ts';
import { entitiesOf } from '../cloud/entities.ts';
import { newPoll } from '../cloud/poll.ts';
import type { RawMessage, RawUser } from '../cloud/raw.ts';
import type { Shown } from '../cloud/screen.ts';
import { type MediaField, mediaContent, storeFile } from '../methods/media.ts';
import { checkNumber, checkPhone, checkText } from './checked.ts';

/** Something that a user sends; made by {@link photo}, {@link location}, {@link album}, … */
export interface Sendable {
  /** Its parts, a message each; read by the driver. */
  readonly '~parts': (from: Sender) => readonly Readonly<Record<string, unknown>>[];
}

/** The sender of a message, and its Telegram. */
export interface Sender {
  readonly cloud: Cloud;
  readonly user: RawUser;
}

/** Options of media with a caption. */
export interface CaptionOptions {
  /** The text under it. */
  readonly caption?: string;
  /** The id that the bot sees; a new one when left out. */
  readonly file_id?: string;
}

/** A photo in three sizes. */
export function photo(options: CaptionOptions = {}): Sendable {
  return media('photo', options);
}

/** A video. */
export function video(options: CaptionOptions = {}): Sendable {
  return media('video', options);
}

/** An animation (GIF), which is a document too. */
export function animation(options: CaptionOptions = {}): Sendable {
  return media('animation', options);
}

/** A piece of music. */
export function audio(
  options: CaptionOptions & { readonly title?: string; readonly performer?: string } = {},
): Sendable {
  return media('audio', options);
}

/** A voice message. */
export function voice(options: CaptionOptions = {}): Sendable {
  return media('voice', options);
}

/** A round video. */
export function videoNote(options: { readonly file_id?: string } = {}): Sendable {
  return media('video_note', options);
}

/** A file of any kind. */
export function document(
  options: CaptionOptions & { readonly name?: string; readonly bytes?: Uint8Array } = {},
): Sendable {
  return media('document', options);
}

/** A sticker for an emoji. */
export function sticker(emoji = '👍'): Sendable {
  checkText('sticker(emoji)', emoji);
  return media('sticker', { emoji });
}

/** A point on the map, in degrees. */
export function location(latitude: number, longitude: number): Sendable {
  checkPoint('location', latitude, longitude);
  return message({ location: { latitude, longitude } });
}

/** A place with a name and an address. */
export function venue(title: string, address: string, latitude = 0, longitude = 0): Sendable {
  checkText('venue(title)', title);
  checkText('venue(address)', address);
  checkPoint('venue', latitude, longitude);
  const point = { latitude, longitude };
  return message({ location: point, venue: { location: point, title, address } });
}

/** A contact; without a name, the sender's own, as the button "share my contact" sends it. */
export function contact(phone_number: string, name?: string): Sendable {
  checkPhone('contact(phone_number)', phone_number);
  if (name !== undefined) checkText('contact(name)', name);
  return sendable(({ user }) => [
    {
      contact: {
        phone_number,
        first_name: name ?? user.first_name,
        ...(name === undefined ? { user_id: user.id } : {}),
      },
    },
  ]);
}

/** A poll made by the user. */
export function poll(question: string, options: readonly string[]): Sendable {
  checkText('poll(question)', question);
  checkNumber('The number of poll(options)', options?.length, 1, 12);
  for (const option of options) checkText('poll(options)', option);
  return sendable(({ cloud }) => [{ poll: newPoll(cloud, question, options) }]);
}

/** A thrown die, or another emoji with a value. */
export function dice(value = 4, emoji = '🎲'): Sendable {
  checkNumber('dice(value)', value, 1, 64);
  checkText('dice(emoji)', emoji);
  return message({ dice: { emoji, value } });
}

/** Data from a Mini App opened by a keyboard button. */
export function webAppData(data: string, button_text = 'Open'): Sendable {
  checkText('webAppData(data)', data);
  checkText('webAppData(button_text)', button_text);
  return message({ web_app_data: { data, button_text } });
}

/** Any other message: its fields as the Bot API names them, beside number, sender, chat and date. */
export function message(fields: Readonly<Record<string, unknown>>): Sendable {
  return sendable(() => [fields]);
}

/** Several photos, videos or documents together: as many updates, one `media_group_id`. */
export function album(...parts: readonly Sendable[]): Sendable {
  for (const part of parts) checkSendable(part);
  return sendable((sender) => {
    const media_group_id = `album-${sender.cloud.next('album')}`;
    return parts
      .flatMap((part) => part['~parts'](sender))
      .map((fields) => ({ ...fields, media_group_id }));
  });
}

/** Something forwarded from somebody whose account stays hidden. */
export function forwarded(from: string, what: string | Sendable): Sendable {
  checkText('forwarded(from)', from);
  return sendable((sender) => {
    const forward_origin = {
      type: 'hidden_user',
      sender_user_name: from,
      date: sender.cloud.date(),
    };
    return partsOf(what, sender).map((fields) => ({ ...fields, forward_origin }));
  });
}

/** A reply to a message that the bot showed. */
export function replying(to: Shown, what: string | Sendable): Sendable {
  return sendable((sender) => {
    const { reply_to_message: _, ...replied } = to.message;
    return partsOf(what, sender).map((fields) => ({
      ...fields,
      reply_to_message: replied as RawMessage,
    }));
  });
}

/** The fields of each message that sending this makes. */
export function partsOf(
  what: string | Sendable,
  sender: Sender,
): readonly Readonly<Record<string, unknown>>[] {
  if (typeof what !== 'string') {
    checkSendable(what);
    return what['~parts'](sender);
  }
  checkText('A message', what);
  return [{ text: what, ...marked('entities', what) }];
}

/** @throws TypeError for anything but the result of `photo()` and the like */
function checkSendable(what: Sendable): void {
  const parts: unknown = what?.['~parts'];
  if (typeof parts === 'function') return;
  throw new TypeError('Pass a text, or the result of photo(), album(), location() and the like.');
}

function checkPoint(where: string, latitude: number, longitude: number): void {
  checkNumber(`${where}(latitude)`, latitude, -90, 90);
  checkNumber(`${where}(longitude)`, longitude, -180, 180);
}

function sendable(parts: Sendable['~parts']): Sendable {
  return { '~parts': parts };
}

interface MediaOptions extends CaptionOptions {
  readonly name?: string;
  readonly bytes?: Uint8Array;
  readonly title?: string;
  readonly performer?: string;
  readonly emoji?: string;
}

function media(field: MediaField, options: MediaOptions): Sendable {
  if (options.caption !== undefined) checkText('A caption', options.caption);
  return sendable(({ cloud }) => {
    const { caption, file_id, name, bytes = new Uint8Array(1) } = options;
    const stored = storeFile(cloud, field, bytes, name);
    const file = {
      ...stored,
      ...(file_id === undefined ? {} : { file_id }),
      ...(name === undefined ? {} : { name }),
    };
    cloud.files.set(file.file_id, file);
    const content = mediaContent(field, file, { ...options });
    return [
      {
        [field]: content,
        ...(field === 'animation' ? { document: content } : {}),
        ...(caption === undefined ? {} : { caption, ...marked('caption_entities', caption) }),
      },
    ];
  });
}

function marked(field: string, text: string): Readonly<Record<string, unknown>> {
  const entities = entitiesOf(text);
  return entities.length === 0 ? {} : { [field]: entities };
}

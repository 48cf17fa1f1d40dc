/** The messages of a bot: texts, media, keyboards or any Bot API call, as plain data. */

import { checkOptions } from '#option-checks';
import { holds } from '../base/holds.ts';
import { invalidOption } from '../base/rules.ts';
import { shown } from '../base/shown.ts';
import type { Complaint } from '../base/type-tools.ts';
import type { ReplyAddress } from '../update/address.ts';
import { idOf } from '../update/raw-update.ts';

/** Parameters that every reply keyboard takes. */
interface ReplyKeyboardOptions {
  readonly is_persistent?: boolean | undefined;
  readonly resize_keyboard?: boolean | undefined;
  readonly one_time_keyboard?: boolean | undefined;
  readonly input_field_placeholder?: string | undefined;
  readonly selective?: boolean | undefined;
}

/** `reply_markup` as the Bot API takes it. */
export type ReplyMarkup =
  | { readonly inline_keyboard: readonly (readonly object[])[] }
  | ({
      readonly keyboard: readonly (readonly (object | string)[])[];
    } & ReplyKeyboardOptions)
  | ({ readonly remove_keyboard: true } & ReplyKeyboardOptions)
  | ({ readonly force_reply: true } & ReplyKeyboardOptions);

/**
 * grammY's `InlineKeyboard` or `Keyboard`, Telegraf's `Markup`, or raw.
 *
 * It is passed through unchanged, so its buttons are not bound to an entry and a step; those of `choices` are.
 */
export type KeyboardLike = ReplyMarkup | { readonly reply_markup: ReplyMarkup };

/** A text with its formatting: made by `html` and `markdownV2`, and by `fmt` of grammY and Telegraf. */
export interface FormattedText {
  readonly text: string;
  readonly entities?: readonly object[] | undefined;
  readonly parse_mode?: 'HTML' | 'MarkdownV2' | 'Markdown' | undefined;
}

/** A text with its formatting and its keyboard. The text itself may be formatted. */
export interface RichText extends Omit<FormattedText, 'text'> {
  readonly text: string | FormattedText;
  readonly keyboard?: KeyboardLike;
  readonly reply_markup?: Complaint<'Write `keyboard` instead of `reply_markup`.'>;
  /** Further parameters of `sendMessage`. */
  readonly options?: { readonly [parameter: string]: unknown };
}

/** Kinds of media that {@link Media} sends, each by the Bot API's method of that name. */
export type MediaKind =
  | 'photo'
  | 'video'
  | 'document'
  | 'audio'
  | 'voice'
  | 'animation'
  | 'sticker';

/** One file with a caption; the file is an id, a URL or the framework's `InputFile`. */
export type Media = {
  [K in MediaKind]: { readonly [P in K]: string | object } & {
    readonly caption?: string | RichText;
    readonly keyboard?: KeyboardLike;
    readonly reply_markup?: Complaint<'Write `keyboard` instead of `reply_markup`.'>;
  };
}[MediaKind];

/** Any Bot API call; `chat_id` is filled in where it is missing, except beside `inline_message_id`. */
export interface ApiCall {
  readonly method: string;
  readonly payload: object;
}

/** A message of the bot: a text, a text with formatting and keyboard, one file, or any Bot API call. */
export type OutgoingMessage = string | RichText | Media | ApiCall;

/** A message that was sent, as far as telefsm looks at it. */
export interface Sent {
  readonly message_id: number;
}

/**
 * Checks what a hook gives back to be sent.
 *
 * @param option - names it in the error
 * @throws FsmError `INVALID_OPTION` for what is no message, and for a member that a message does not have: it would be lost
 */
export function checkMessage<T>(said: T, option = 'message'): T {
  if (typeof said === 'string' || isSent(said) || said === null) return said;
  const members = membersOf(said);
  const isIterable = typeof said === 'object' && Symbol.asyncIterator in said;
  if (members === undefined && !isIterable) {
    const expected = 'a text, or an object with a text, media or a method';
    throw invalidOption(option, expected, shown(said));
  }
  // an instance, such as a formatted string of a framework, has members of its own
  const isPlain = Object.getPrototypeOf(said) === Object.prototype;
  if (holds(said, 'method')) checkCall(said, option);
  if (members !== undefined && isPlain) checkOptions(`${option}.`, Object(said), {}, members);
  return said;
}

/** Rejects a call without parameters, which are `{}` if a method takes none. */
function checkCall({ method, payload }: Partial<Record<string, unknown>>, option: string): void {
  if (typeof method !== 'string') {
    throw invalidOption(`${option}.method`, 'the name of a Bot API method', shown(method));
  }
  if (typeof payload === 'object' && payload !== null) return;
  throw invalidOption(`${option}.payload`, 'an object with parameters', shown(payload));
}

/** The longest text of a message, in UTF-16 code units (Bot API, sendMessage). */
export const longestText = 4096;
/** The longest answer to a press, in UTF-16 code units (Bot API, answerCallbackQuery). */
export const longestPressAnswer = 200;
/** The longest caption, in UTF-16 code units (Bot API, sendPhoto). */
export const longestCaption = 1024;

/** Returns the part of a text that fits into the answer to a press; half of a character would be rejected. */
export function pressAnswer(text: string): string {
  return text.slice(0, longestPressAnswer).replace(/[\uD800-\uDBFF]$/, '');
}

/**
 * The parameter whose text is longer than Telegram accepts; `undefined` if there is none.
 *
 * A text with a `parse_mode` stays whole, because only Telegram can measure it and find the ends of its tags.
 */
export function tooLong({ method, payload }: ApiCall): 'text' | 'caption' | undefined {
  const field = method === 'sendMessage' ? 'text' : 'caption';
  const { [field]: text, parse_mode } = payload as Readonly<Record<string, unknown>>;
  const longest = field === 'text' ? longestText : longestCaption;
  return typeof text === 'string' && text.length > longest && !parse_mode ? field : undefined;
}

/** Whether a hook gave back a message that it has sent by itself. */
export function isSent(value: unknown): value is Sent {
  return holds(value, 'message_id');
}

/** The chat that a message was sent to: another one than was asked for, if a group has become a supergroup. */
export function chatOfSent(sent: unknown): number | undefined {
  return idOf(Object(sent).chat);
}

/** Whether a message is an invoice. */
export function isInvoice(say: OutgoingMessage): say is ApiCall {
  return typeof say === 'object' && 'method' in say && say.method.toLowerCase() === 'sendinvoice';
}

/** The kinds of media, as fields of a message. */
export const mediaKinds: readonly MediaKind[] = [
  'photo',
  'video',
  'document',
  'audio',
  'voice',
  'animation',
  'sticker',
];

/** The members that a message of the same kind may have, with spaces between; the first one distinguishes the kind. */
function membersOf(said: unknown): string | undefined {
  if (holds(said, 'method')) return 'method payload';
  const media = mediaKinds.find((kind) => holds(said, kind));
  if (media !== undefined) return `${media} caption keyboard`;
  return holds(said, 'text') ? 'text entities parse_mode keyboard options format' : undefined;
}

/**
 * Turns what a bot says into the call that says it.
 *
 * @param say - what to say
 * @param address - the chat, topic and business connection that are filled in where the call names none
 */
export function callOf(say: OutgoingMessage, address: ReplyAddress | undefined): OwnCall {
  // filled member by member: a call is made for each message, and spreading several objects takes longer than all else here
  const payload = addressParameters(address);
  if (typeof say === 'string') {
    payload['text'] = say;
    return { method: 'sendMessage', payload };
  }
  if ('method' in say) {
    // beside a chat, Telegram looks for the message there
    const isInline = Reflect.get(say.payload, 'inline_message_id') !== undefined;
    return { method: say.method, payload: { ...(isInline ? {} : payload), ...say.payload } };
  }
  const kind = 'text' in say ? undefined : mediaKinds.find((name) => name in say);
  let method = 'sendMessage';
  if (kind === undefined) addText(payload, say as RichText, 'text', 'entities');
  else {
    const { caption, [kind]: file } = say as Media & { readonly [K in MediaKind]: string | object };
    method = `send${kind[0]?.toUpperCase()}${kind.slice(1)}`;
    payload[kind] = file;
    addText(payload, caption, 'caption', 'caption_entities');
  }
  if (say.keyboard != null) payload['reply_markup'] = markupOf(say.keyboard);
  return { method, payload };
}

/** A call whose payload is the caller's own. */
interface OwnCall extends ApiCall {
  readonly payload: Record<string, unknown>;
}

/** The markup of the call that says it. */
export function markupIn(say: OutgoingMessage): ReplyMarkup | undefined {
  const { payload } = callOf(say, undefined);
  return (payload as { readonly reply_markup?: ReplyMarkup }).reply_markup;
}

/** A keyboard as `reply_markup` takes it. */
function markupOf(keyboard: KeyboardLike): ReplyMarkup {
  return 'reply_markup' in keyboard ? keyboard.reply_markup : keyboard;
}

/** The reply address, as parameters of a sending method. */
function addressParameters(address: ReplyAddress | undefined): OwnCall['payload'] {
  const payload: OwnCall['payload'] = {};
  if (address === undefined) return payload;
  const { chat, thread, business, directMessagesTopic, receiver } = address;
  payload['chat_id'] = chat;
  if (thread !== undefined) payload['message_thread_id'] = thread;
  if (business !== undefined) payload['business_connection_id'] = business;
  if (directMessagesTopic !== undefined) payload['direct_messages_topic_id'] = directMessagesTopic;
  if (receiver !== undefined) payload['receiver_user_id'] = receiver;
  return payload;
}

/** Adds a text and its formatting, under the names that the method has for them. */
function addText(
  payload: OwnCall['payload'],
  said: string | RichText | undefined | null,
  name: 'text' | 'caption',
  nameOfEntities: 'entities' | 'caption_entities',
): void {
  if (said == null) return;
  if (typeof said !== 'object') {
    payload[name] = said;
    return;
  }
  const { text, entities, parse_mode, options } = said;
  addText(payload, text, name, nameOfEntities);
  if (entities !== undefined) payload[nameOfEntities] = entities;
  if (parse_mode !== undefined) payload['parse_mode'] = parse_mode;
  if (options !== undefined) Object.assign(payload, options);
}

/** The value of each kind of input, and how it is read from a message. */

import { invoicePayload } from './invoice.ts';
import { idIn, listIn, numberIn, objectIn, type RawObject, textIn, wholeIn } from './raw-update.ts';

/** A file, by the ids that the Bot API gives it. */
export interface FileValue {
  /** Sends or downloads the file again; other bots have other ids for it. */
  readonly file_id: string;
  /** The same for every bot; it cannot send or download the file. */
  readonly file_unique_id: string;
  readonly caption?: string;
}

/** The kinds of input a step or scene may accept, and the value each gives: small JSON under the Bot API's names. */
export interface InputValues {
  /** Not a command: those are a kind of their own, so that /help is never taken for a name. */
  text: string;
  command: { readonly command: string; readonly argument: string };
  /** The data of the button. */
  button: string;
  /** Its largest size. */
  photo: FileValue & { readonly width: number; readonly height: number };
  video: FileValue;
  voice: FileValue;
  audio: FileValue;
  document: FileValue;
  animation: FileValue;
  video_note: FileValue;
  sticker: FileValue;
  location: {
    readonly latitude: number;
    readonly longitude: number;
    readonly horizontal_accuracy?: number;
  };
  contact: {
    readonly phone_number: string;
    readonly first_name: string;
    readonly last_name?: string;
    readonly user_id?: number;
  };
  /** A poll that the user has sent, or the new state of one that the conversation has sent. */
  poll: {
    readonly id: string;
    readonly question: string;
    readonly options: readonly { readonly text: string; readonly voter_count: number }[];
    readonly total_voter_count: number;
    readonly is_closed: boolean;
  };
  poll_answer: { readonly poll_id: string; readonly option_ids: readonly number[] };
  payment: {
    readonly currency: string;
    readonly total_amount: number;
    readonly invoice_payload: string;
    readonly telegram_payment_charge_id: string;
  };
  /** The data that a web app sent. */
  web_app: string;
  /** Ids of the users. */
  users_shared: readonly number[];
  /** Id of the chat. */
  chat_shared: number;
  /**
   * Any message, as `copyMessage` and `forwardMessage` take it. As input it is what has no kind of its own: a dice, a story, a checklist, a
   * game, paid media, a gift.
   */
  message: { readonly from_chat_id: number; readonly message_id: number };
}

/** The name of a kind of input. */
export type InputKind = keyof InputValues;

/** A value with its kind. */
export type Tagged<K extends InputKind> = {
  [P in K]: { readonly kind: P; readonly value: InputValues[P] };
}[K];

/** Reads the value of a message that is not text; `undefined` for service messages. */
export function valueIn(message: RawObject): Tagged<InputKind> | undefined {
  for (const [field, read] of readers) {
    if (message[field] !== undefined) return read(message);
  }
  const hasContent = otherContents.some((field) => message[field] !== undefined);
  return hasContent ? tag('message', messageIn(message)) : undefined;
}

/** Reads where a message is. */
export function messageIn(message: RawObject | undefined): InputValues['message'] | undefined {
  const from_chat_id = idIn(message, 'chat');
  const message_id = wholeIn(message, 'message_id');
  return from_chat_id === undefined || message_id === undefined
    ? undefined
    : { from_chat_id, message_id };
}

/** Contents that users may send without a kind of their own (Bot API 10.3, Message). Every other field without a reader belongs to a service message. */
const otherContents = [
  'dice',
  'story',
  'checklist',
  'game',
  'paid_media',
  'gift',
  'unique_gift',
  'giveaway',
  'invoice',
  'live_photo',
  'rich_message',
] as const;

/** Reads a vote in a poll. */
export function pollAnswerIn(answer: RawObject): InputValues['poll_answer'] | undefined {
  const poll_id = textIn(answer, 'poll_id');
  if (poll_id === undefined) return undefined;
  const option_ids = listIn(answer, 'option_ids').filter(isWhole);
  return { poll_id, option_ids };
}

/** Every kind of input. */
export const inputKinds: readonly InputKind[] = /* @__PURE__ */ Object.keys({
  text: 1,
  command: 1,
  button: 1,
  photo: 1,
  video: 1,
  voice: 1,
  audio: 1,
  document: 1,
  animation: 1,
  video_note: 1,
  sticker: 1,
  location: 1,
  contact: 1,
  poll: 1,
  poll_answer: 1,
  payment: 1,
  web_app: 1,
  users_shared: 1,
  chat_shared: 1,
  message: 1,
} satisfies Record<InputKind, 1>) as readonly InputKind[];

/** Puts the kind beside a value that was found. */
export function tag<K extends InputKind>(
  kind: K,
  value: InputValues[K] | undefined,
): Tagged<K> | undefined {
  return value === undefined ? undefined : { kind, value };
}

type Reader = (message: RawObject) => Tagged<InputKind> | undefined;

/** By field of the message. The order matters: an animation also has a document, for older bots. */
const readers: readonly (readonly [field: string, Reader])[] = [
  ['photo', (message) => tag('photo', photoIn(message))],
  part('animation', 'animation', fileIn),
  part('video', 'video', fileIn),
  part('voice', 'voice', fileIn),
  part('audio', 'audio', fileIn),
  part('document', 'document', fileIn),
  part('video_note', 'video_note', fileIn),
  part('sticker', 'sticker', fileIn),
  part('location', 'location', locationIn),
  part('contact', 'contact', contactIn),
  part('poll', 'poll', pollIn),
  part('successful_payment', 'payment', paymentIn),
  part('web_app_data', 'web_app', (data) => textIn(data, 'data')),
  part('users_shared', 'users_shared', usersIn),
  part('chat_shared', 'chat_shared', (shared) => wholeIn(shared, 'chat_id')),
];

/** Reads an input from one field of its message. */
/* @__NO_SIDE_EFFECTS__ */
function part<K extends InputKind>(
  field: string,
  kind: K,
  read: (found: RawObject | undefined, message: RawObject) => InputValues[K] | undefined,
): readonly [string, Reader] {
  return [field, (message) => tag<InputKind>(kind, read(objectIn(message, field), message))];
}

function fileIn(file: RawObject | undefined, message: RawObject): FileValue | undefined {
  const file_id = textIn(file, 'file_id');
  const file_unique_id = textIn(file, 'file_unique_id');
  if (file_id === undefined || file_unique_id === undefined) return undefined;
  const caption = textIn(message, 'caption');
  return { file_id, file_unique_id, ...(caption !== undefined && { caption }) };
}

function photoIn(message: RawObject): InputValues['photo'] | undefined {
  let largest: InputValues['photo'] | undefined;
  for (const size of listIn(message, 'photo')) {
    const found = sizeIn(size as RawObject | null, message);
    if (found && (!largest || found.width * found.height >= largest.width * largest.height))
      largest = found;
  }
  return largest;
}

function sizeIn(size: RawObject | null, message: RawObject): InputValues['photo'] | undefined {
  const file = fileIn(size ?? undefined, message);
  return (
    file && {
      ...file,
      width: numberIn(size ?? undefined, 'width') ?? 0,
      height: numberIn(size ?? undefined, 'height') ?? 0,
    }
  );
}

function locationIn(location: RawObject | undefined): InputValues['location'] | undefined {
  const latitude = numberIn(location, 'latitude');
  const longitude = numberIn(location, 'longitude');
  if (latitude === undefined || longitude === undefined) return undefined;
  const horizontal_accuracy = numberIn(location, 'horizontal_accuracy');
  return {
    latitude,
    longitude,
    ...(horizontal_accuracy !== undefined && { horizontal_accuracy }),
  };
}

function contactIn(contact: RawObject | undefined): InputValues['contact'] | undefined {
  const phone_number = textIn(contact, 'phone_number');
  const first_name = textIn(contact, 'first_name');
  if (phone_number === undefined || first_name === undefined) return undefined;
  const last_name = textIn(contact, 'last_name');
  const user_id = wholeIn(contact, 'user_id');
  return {
    phone_number,
    first_name,
    ...(last_name !== undefined && { last_name }),
    ...(user_id !== undefined && { user_id }),
  };
}

/** Reads a poll. */
export function pollIn(poll: RawObject | undefined): InputValues['poll'] | undefined {
  const id = textIn(poll, 'id');
  const question = textIn(poll, 'question');
  if (poll === undefined || id === undefined || question === undefined) return undefined;
  return {
    id,
    question,
    options: listIn(poll, 'options').map((option) => {
      const found: RawObject = Object(option);
      return { text: textIn(found, 'text') ?? '', voter_count: wholeIn(found, 'voter_count') ?? 0 };
    }),
    total_voter_count: wholeIn(poll, 'total_voter_count') ?? 0,
    is_closed: poll['is_closed'] === true,
  };
}

function paymentIn(payment: RawObject | undefined): InputValues['payment'] | undefined {
  const currency = textIn(payment, 'currency');
  const total_amount = wholeIn(payment, 'total_amount');
  const invoice_payload = textIn(payment, 'invoice_payload');
  const telegram_payment_charge_id = textIn(payment, 'telegram_payment_charge_id');
  if (
    currency === undefined ||
    total_amount === undefined ||
    invoice_payload === undefined ||
    telegram_payment_charge_id === undefined
  )
    return undefined;
  return {
    currency,
    total_amount,
    invoice_payload: invoicePayload(invoice_payload),
    telegram_payment_charge_id,
  };
}

function usersIn(shared: RawObject | undefined): readonly number[] | undefined {
  if (shared === undefined) return undefined;
  return listIn(shared, 'users')
    .map((user) => wholeIn((user as RawObject | null) ?? undefined, 'user_id'))
    .filter(isWhole);
}

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value);
}

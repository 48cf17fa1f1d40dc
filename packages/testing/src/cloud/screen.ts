/** The visible messages with their buttons, and the transcript. */
import type { ChatAddress } from './chat-address.ts';
import type { Payload, RawButton, RawMarkup, RawMessage, RawUser } from './raw.ts';

/** A message of the bot as people see it. */
export interface Shown {
  /** The text, the caption, or the source of a rich message; empty when there is none. */
  readonly text: string;
  /** The labels of its buttons, row by row: of an inline keyboard, or of the reply keyboard sent along. */
  readonly buttons: readonly (readonly string[])[];
  /** The kind: `"text"`, `"photo"`, `"poll"`, … */
  readonly kind: string;
  /** The Bot API method that made it look so. */
  readonly method: string;
  /** The parameters of that call. */
  readonly payload: Payload;
  /** Its number in the chat. */
  readonly message_id: number;
  /** The message as Telegram sends it. */
  readonly message: RawMessage;
}

/** Something that somebody did or saw; `where` names the place. */
export type ScreenEvent =
  | {
      readonly kind: 'did';
      readonly user: RawUser;
      readonly address?: ChatAddress;
      readonly where?: string;
      readonly what: string;
      /** Whether `what` is the user's message, or describes an action. */
      readonly says: boolean;
    }
  | {
      readonly kind: 'shown' | 'edited';
      readonly address: ChatAddress;
      readonly where: string;
      readonly shown: Shown;
    }
  | {
      readonly kind: 'deleted';
      readonly address: ChatAddress;
      readonly where: string;
      readonly text: string;
    }
  | { readonly kind: 'noted'; readonly what: string };

const kinds = [
  'text',
  'photo',
  'live_photo',
  'video',
  'animation',
  'audio',
  'document',
  'voice',
  'video_note',
  'sticker',
  'paid_media',
  'venue',
  'location',
  'contact',
  'poll',
  'dice',
  'invoice',
  'successful_payment',
  'game',
  'checklist',
  'story',
  'rich_message',
  'web_app_data',
] as const;

/** Names what a message is. */
function kindOf(message: RawMessage): string {
  return kinds.find((kind) => message[kind] !== undefined) ?? 'service';
}

/** Makes a message of the bot into what people see of it. */
export function shownOf(
  message: RawMessage,
  call: { readonly method: string; readonly payload: Payload },
): Shown {
  const markup = message.reply_markup ?? (call.payload['reply_markup'] as RawMarkup | undefined);
  return {
    text: wordsOf(message) ?? '',
    buttons: labelsOf(markup),
    kind: kindOf(message),
    method: call.method,
    payload: call.payload,
    message_id: message.message_id,
    message,
  };
}

/** The words of a message; of a rich one those of its plain blocks. */
function wordsOf({ text, caption, rich_message }: RawMessage): string | undefined {
  const { blocks = [] } = (rich_message ?? {}) as { readonly blocks?: readonly RichBlock[] };
  const plain = blocks.flatMap((block) => (typeof block.text === 'string' ? [block.text] : []));
  return text ?? caption ?? (plain.length > 0 ? plain.join('\n\n') : undefined);
}

interface RichBlock {
  readonly text?: unknown;
}

/** The labels of a keyboard, row by row. */
function labelsOf(markup: RawMarkup | undefined): readonly (readonly string[])[] {
  const rows: readonly (readonly (RawButton | string)[])[] =
    markup?.inline_keyboard ?? markup?.keyboard ?? [];
  return rows.map((row) =>
    row.map((button) => (typeof button === 'string' ? button : button.text)),
  );
}

/** Says in a few words what is in a message. */
export function describe(message: RawMessage): string {
  const kind = kindOf(message);
  const said = wordsOf(message);
  return kind === 'text' ? (said ?? '') : `[${kind}]${said === undefined ? '' : ` ${said}`}`;
}

/** Writes down what happened, a line per event, in plain words. */
export function transcriptOf(events: readonly ScreenEvent[], people: number): string {
  return events.map((event) => lineOf(event, people).replaceAll('\n', '\n  ')).join('\n');
}

function lineOf(event: ScreenEvent, people: number): string {
  if (event.kind === 'noted') return event.what;
  if (event.kind === 'did') {
    const name = event.user.first_name;
    // A channel posts in its own name.
    const elsewhere = event.address !== undefined && !alone(event.address) && event.where !== name;
    const where = elsewhere ? ` in ${event.where}` : '';
    return `${name}${where}${event.says ? ': ' : ' '}${event.what}`;
  }
  // Private chats need a name only where the bot talks with several people.
  const audience = alone(event.address)
    ? people > 1
      ? ` to ${event.where}`
      : ''
    : ` in ${event.where}`;
  if (event.kind === 'deleted') return `Bot${audience} deletes: ${event.text}`;
  const labels = event.shown.buttons.flat().map((label) => ` [${label}]`);
  const verb = event.kind === 'edited' ? ' edits' : '';
  return `Bot${audience}${verb}: ${describe(event.shown.message)}${labels.join('')}`;
}

function alone(address: ChatAddress): boolean {
  const { chat, business, thread } = address;
  return chat.type === 'private' && business === undefined && thread === undefined;
}

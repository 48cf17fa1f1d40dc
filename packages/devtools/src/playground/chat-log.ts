/** Chats as their users see them: what was written, edited and deleted, with the buttons that are there now. */

import type { WireCall } from './wire.ts';

/** A message as people see it, or a remark about what happened. */
export interface Bubble {
  /** Its number in the chat; `undefined` for a remark. */
  readonly id: number | undefined;
  /** The author; `undefined` for the bot. */
  readonly by: string | undefined;
  readonly text: string;
  /** The kind of content, if it is not text. */
  readonly media: string | undefined;
  /** Labels of the buttons below it, row by row. */
  readonly buttons: readonly (readonly string[])[];
  /** As Telegram sends it. */
  readonly message: RawMessage | undefined;
  readonly isGone: boolean;
}

/** A message, as far as it is looked at. */
export interface RawMessage {
  readonly message_id: number;
  readonly chat: { readonly id: number };
  readonly from?: { readonly first_name?: string; readonly is_bot?: boolean };
  readonly text?: string;
  readonly caption?: string;
  readonly reply_markup?: Markup;
  readonly [name: string]: unknown;
}

interface Markup {
  readonly inline_keyboard?: readonly (readonly { readonly text: string }[])[];
  readonly keyboard?: readonly (readonly (string | { readonly text: string })[])[];
  readonly remove_keyboard?: boolean;
}

/** The messages of all chats. */
export interface ChatLog {
  /** Oldest first. */
  bubbles(chat: number): readonly Bubble[];
  /**
   * A message as it was when it had a button: a device that has not seen the edit yet still shows it. Without such a version it is the message
   * as it is.
   */
  withButton(chat: number, id: number, label: string): Bubble | undefined;
  /** The reply keyboard of a chat. */
  keyboard(chat: number): readonly (readonly string[])[];
  /** Takes what users did, as updates for the bot. */
  did(updates: readonly { readonly [type: string]: unknown }[]): void;
  /** Takes what the bot said. */
  said(call: WireCall): void;
  /** Puts a remark into a chat, or into all. */
  note(text: string, chat?: number): void;
}

const mostBubbles = 300;
/** So many edits ago a message may be that somebody presses. */
const mostVersions = 20;
const mediaKinds = [
  'photo',
  'video',
  'animation',
  'audio',
  'voice',
  'video_note',
  'document',
  'sticker',
  'location',
  'contact',
  'poll',
  'dice',
  'invoice',
  'venue',
];

/** Begins an empty log. */
export function chatLog(): ChatLog {
  const chats = new Map<number, Bubble[]>();
  const keyboards = new Map<number, readonly (readonly string[])[]>();
  const callers = new Map<string, number>();
  /** Earlier versions of edited messages, newest first. */
  const former = new WeakMap<Bubble, readonly Bubble[]>();

  const chatOf = (id: number) => {
    const known = chats.get(id) ?? [];
    chats.set(id, known);
    return known;
  };
  const put = (chat: number, bubble: Bubble) => {
    const bubbles = chatOf(chat);
    const at = bubble.id === undefined ? -1 : bubbles.findIndex(({ id }) => id === bubble.id);
    const before = bubbles[at];
    if (before !== undefined) {
      former.set(bubble, [before, ...(former.get(before) ?? [])].slice(0, mostVersions));
    }
    if (at >= 0) bubbles[at] = bubble;
    else bubbles.push(bubble);
    if (bubbles.length > mostBubbles) bubbles.shift();
  };
  const write = (message: RawMessage) => put(message.chat.id, bubbleOf(message));

  function note(text: string, chat?: number): void {
    const remark: Bubble = {
      id: undefined,
      by: undefined,
      text,
      media: undefined,
      buttons: [],
      message: undefined,
      isGone: false,
    };
    for (const id of chat === undefined ? chats.keys() : [chat]) put(id, remark);
  }

  return {
    bubbles: (chat) => chats.get(chat) ?? [],
    withButton(chat, id, label) {
      const bubble = chatOf(chat).find((each) => each.id === id);
      const versions = bubble && [bubble, ...(former.get(bubble) ?? [])];
      return versions?.find(({ buttons }) => buttons.flat().includes(label)) ?? bubble;
    },
    keyboard: (chat) => keyboards.get(chat) ?? [],
    note,
    did(updates) {
      for (const { message, edited_message: edited, callback_query: query } of updates) {
        if (isMessage(message)) write(message);
        if (isMessage(edited)) write(edited);
        const press = query as
          | { id: string; from: { first_name: string }; message?: RawMessage }
          | undefined;
        if (press?.message === undefined) continue;
        callers.set(press.id, press.message.chat.id);
        note(`${press.from.first_name} presses [${labelOf(press)}]`, press.message.chat.id);
      }
    },
    said({ method, payload, ok, result, description }) {
      const chat = Number(payload['chat_id']);
      if (!ok) {
        if (Number.isFinite(chat)) note(`${method} failed: ${description}`, chat);
        return;
      }
      if (isMessage(result)) write(result);
      if (Array.isArray(result)) for (const each of result) if (isMessage(each)) write(each);
      const markup = payload['reply_markup'] as Markup | undefined;
      if (markup?.keyboard !== undefined) keyboards.set(chat, labelsOf(markup.keyboard));
      if (markup?.remove_keyboard) keyboards.delete(chat);
      if (method === 'deleteMessage') {
        const gone = chatOf(chat).find(({ id }) => id === payload['message_id']);
        if (gone !== undefined) put(chat, { ...gone, buttons: [], isGone: true });
      }
      const asker = callers.get(String(payload['callback_query_id']));
      if (asker !== undefined && payload['text'] !== undefined)
        note(`Notice: ${payload['text']}`, asker);
    },
  };
}

function bubbleOf(message: RawMessage): Bubble {
  const { message_id, from, text, caption, reply_markup: markup } = message;
  return {
    id: message_id,
    by: from === undefined || from.is_bot ? undefined : from.first_name,
    text: text ?? caption ?? '',
    media: mediaKinds.find((kind) => message[kind] !== undefined),
    buttons: labelsOf(markup?.inline_keyboard ?? []),
    message,
    isGone: false,
  };
}

function labelsOf(
  rows: readonly (readonly (string | { readonly text: string })[])[],
): readonly (readonly string[])[] {
  return rows.map((row) =>
    row.map((button) => (typeof button === 'string' ? button : button.text)),
  );
}

/** A press, as far as it is looked at. */
export interface Press {
  readonly message?: RawMessage;
  readonly data?: unknown;
}

/** The label of the button that was pressed. */
export function labelOf({ message, data }: Press): string {
  const buttons = message?.reply_markup?.inline_keyboard?.flat() ?? [];
  const pressed = buttons.find(
    (button) => (button as { callback_data?: unknown }).callback_data === data,
  );
  return pressed?.text ?? 'a button';
}

function isMessage(value: unknown): value is RawMessage {
  return typeof value === 'object' && value !== null && 'message_id' in value && 'chat' in value;
}

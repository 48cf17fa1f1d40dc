/** Telegram's own side, in memory: who exists, what was written where, and what happened so far. */
import type { Clock, RawUpdate } from '@telefsm/core';
import type { Failure } from './answer.ts';
import { addressOf, type ChatAddress } from './chat-address.ts';
import type { Payload, RawChat, RawMarkup, RawMessage, RawUser } from './raw.ts';
import { type ScreenEvent, type Shown, shownOf } from './screen.ts';
import { makeUpdateIds, type UpdateIds } from './update-ids.ts';

/** How somebody belongs to a chat (Bot API, ChatMember). */
export type Membership = 'creator' | 'administrator' | 'member' | 'left' | 'kicked';

/** A message, and the call that made it when the bot wrote it. */
export interface Kept {
  message: RawMessage;
  call?: { readonly method: string; readonly payload: Payload };
}

/** A chat with everything in it. */
export interface ChatRecord {
  chat: RawChat;
  readonly messages: Map<number, Kept>;
  readonly members: Map<number, Membership>;
  readonly topics: Map<number, string>;
  /** The reply keyboard that users of this chat see now. */
  keyboard: { readonly markup: RawMarkup; readonly message_id: number } | undefined;
}

/** Something a user waits for from the bot: the answer to a press, an inline query, a checkout. */
export interface Query {
  readonly id: string;
  readonly kind: 'callback' | 'inline' | 'shipping' | 'checkout' | 'guest' | 'web_app';
  readonly user: RawUser;
  /** The parameters of the answer. */
  answer: Payload | undefined;
}

/** A call that the bot made, and how it was answered. */
export interface ApiCall {
  /** The method. */
  readonly method: string;
  /** Its parameters; files appear as `attach://…`. */
  readonly payload: Payload;
  /** `undefined` while the answer is under way, or when the network ate the call. */
  readonly answer:
    | {
        readonly ok: boolean;
        /** The value that the method returned, such as the message that was sent; a rejection has none. */
        readonly result?: unknown;
        readonly error_code?: number;
        readonly description?: string;
      }
    | undefined;
}

/** A file that somebody sent. */
export interface StoredFile {
  readonly file_id: string;
  readonly file_unique_id: string;
  readonly file_size: number;
  readonly file_path: string;
  readonly bytes: Uint8Array;
}

/** Telegram, as bots see it. */
export interface Cloud {
  readonly clock: Clock;
  /** The bot itself; its id follows the token. */
  me: RawUser;
  readonly users: Map<number, RawUser>;
  /** Users who have blocked the bot. */
  readonly blocked: Set<number>;
  readonly chats: Map<string, ChatRecord>;
  readonly files: Map<string, StoredFile>;
  readonly queries: Map<string, Query>;
  readonly commands: Map<string, readonly unknown[]>;
  /** Requests to join that wait for an answer, as `chat/user`. */
  readonly requests: Set<string>;
  /** Reactions of users, by `chat/message/user`. */
  readonly reactions: Map<string, string>;
  /** The options that a user has voted for, by poll and user. */
  readonly votes: Map<string, readonly number[]>;
  /** Business connections by id. */
  readonly connections: Map<string, Payload>;
  readonly calls: ApiCall[];
  readonly failures: { readonly method: string; readonly failure: Failure; times: number }[];
  readonly delays: Map<string, number>;
  /** Everything that can be seen in chats, in order: the transcript is made of it. */
  readonly screen: ScreenEvent[];
  readonly updateIds: UpdateIds;
  /** Seconds since 1970, as in every date of the Bot API. */
  date(): number;
  /** A new number for a user, a file, a query, …; counted apart by kind. */
  next(kind: string): number;
  record(chat: RawChat, business?: string): ChatRecord;
  find(chatId: number, business?: string): ChatRecord | undefined;
  messageId(chat: RawChat): number;
  /** Names a place for the transcript. */
  where(address: ChatAddress): string;
  /** Gives an update its number. */
  number(type: string, body: unknown): RawUpdate;
  /** Keeps a message of the bot and shows it. */
  show(
    record: ChatRecord,
    message: RawMessage,
    call: { readonly method: string; readonly payload: Payload },
  ): Shown;
}

/** Opens an empty Telegram. */
export function openCloud(options: {
  readonly clock: Clock;
  readonly me: RawUser;
  readonly updateId: number | undefined;
}): Cloud {
  const { clock } = options;
  const counters = new Map<string, number>();
  const chats = new Map<string, ChatRecord>();
  const screen: ScreenEvent[] = [];
  const updateIds = makeUpdateIds(clock, options.updateId);
  const next = (kind: string): number => {
    const value = (counters.get(kind) ?? 0) + 1;
    counters.set(kind, value);
    return value;
  };
  const cloud: Cloud = {
    clock,
    me: options.me,
    users: new Map(),
    blocked: new Set(),
    chats,
    files: new Map(),
    queries: new Map(),
    commands: new Map(),
    requests: new Set(),
    reactions: new Map(),
    votes: new Map(),
    connections: new Map(),
    calls: [],
    failures: [],
    delays: new Map(),
    screen,
    updateIds,
    date: () => Math.floor(clock.now() / 1000),
    next,
    record(chat, business) {
      const key = chatKey(chat.id, business);
      let record = chats.get(key);
      if (record === undefined) {
        record = {
          chat,
          messages: new Map(),
          members: new Map(),
          topics: new Map(),
          keyboard: undefined,
        };
        chats.set(key, record);
      }
      return record;
    },
    find: (chatId, business) => chats.get(chatKey(chatId, business)),
    // Supergroups and channels count by themselves; all private chats and basic groups of a bot share one row of numbers.
    messageId: (chat) =>
      next(
        chat.type === 'supergroup' || chat.type === 'channel' ? `message in ${chat.id}` : 'message',
      ),
    where(address) {
      if (address.business !== undefined) return 'the business chat';
      const title = String(address.chat['title'] ?? address.chat['first_name'] ?? address.chat.id);
      if (address.thread === undefined) return title;
      const topic = chats.get(chatKey(address.chat.id, undefined))?.topics.get(address.thread);
      return `${title} / ${topic ?? address.thread}`;
    },
    number: (type, body) => ({ update_id: updateIds.take(), [type]: body }),
    show(record, message, call) {
      const edited = record.messages.has(message.message_id);
      record.messages.set(message.message_id, { message, call });
      const shown = shownOf(message, call);
      const address = addressOf(message);
      screen.push({
        kind: edited ? 'edited' : 'shown',
        address,
        where: cloud.where(address),
        shown,
      });
      return shown;
    },
  };
  return cloud;
}

function chatKey(chatId: number, business: string | undefined): string {
  return business === undefined ? String(chatId) : `${business}/${chatId}`;
}

/**
 * The types of an update: the fields that bots read most, under the Bot API's names. Every other field reads as `unknown`.
 *
 * The frameworks' own types are complete; these let a scene without a framework read an update without a cast.
 */

import type { RawUpdate } from './raw-update.ts';

/** Fields that have no type of their own here. */
interface More {
  readonly [field: string]: unknown;
}

/** A user or a bot. */
export interface User extends More {
  readonly id: number;
  readonly is_bot: boolean;
  readonly first_name: string;
  readonly last_name?: string;
  readonly username?: string;
  readonly language_code?: string;
}

/** A chat. */
export interface Chat extends More {
  readonly id: number;
  readonly type: 'private' | 'group' | 'supergroup' | 'channel';
  readonly title?: string;
  readonly username?: string;
  readonly first_name?: string;
  readonly last_name?: string;
}

/** A part of a text that is a command, a link, a mention and the like. */
export interface MessageEntity extends More {
  readonly type: string;
  readonly offset: number;
  readonly length: number;
}

/** A file that was sent. */
export interface SentFile extends More {
  readonly file_id: string;
  readonly file_unique_id: string;
  readonly file_size?: number;
}

/** A message as the Bot API sends it; `text` only of a text message. */
export interface Message extends More {
  readonly message_id: number;
  readonly date: number;
  readonly chat: Chat;
  /** The sender; `undefined` in channels. */
  readonly from?: User;
  readonly sender_chat?: Chat;
  readonly message_thread_id?: number;
  readonly business_connection_id?: string;
  readonly media_group_id?: string;
  readonly edit_date?: number;
  readonly text?: string;
  readonly entities?: readonly MessageEntity[];
  readonly caption?: string;
  readonly caption_entities?: readonly MessageEntity[];
  readonly reply_to_message?: Message;
  /** From the smallest size to the largest. */
  readonly photo?: readonly (SentFile & { readonly width: number; readonly height: number })[];
  readonly video?: SentFile;
  readonly voice?: SentFile;
  readonly audio?: SentFile;
  readonly document?: SentFile;
  readonly animation?: SentFile;
  readonly video_note?: SentFile;
  readonly sticker?: SentFile;
  readonly location?: More & { readonly latitude: number; readonly longitude: number };
  readonly contact?: More & {
    readonly phone_number: string;
    readonly first_name: string;
    readonly last_name?: string;
    readonly user_id?: number;
  };
  readonly dice?: More & { readonly emoji: string; readonly value: number };
  readonly poll?: Poll;
  readonly new_chat_members?: readonly User[];
  readonly left_chat_member?: User;
  readonly successful_payment?: More & {
    readonly currency: string;
    readonly total_amount: number;
    readonly invoice_payload: string;
    readonly telegram_payment_charge_id: string;
  };
}

/** A poll with the votes so far. */
export interface Poll extends More {
  readonly id: string;
  readonly question: string;
  readonly options: readonly (More & { readonly text: string; readonly voter_count: number })[];
  readonly total_voter_count: number;
  readonly is_closed: boolean;
  readonly is_anonymous: boolean;
}

/** A pressed button. */
export interface CallbackQuery extends More {
  readonly id: string;
  readonly from: User;
  /** The message of the button; of one that is too old only `chat` and `message_id` are there. */
  readonly message?: More & { readonly chat: Chat; readonly message_id: number };
  readonly inline_message_id?: string;
  readonly data?: string;
}

/** A change of somebody's membership in a chat. */
export interface ChatMemberUpdated extends More {
  readonly chat: Chat;
  readonly from: User;
  readonly date: number;
  readonly old_chat_member: More & { readonly status: string; readonly user: User };
  readonly new_chat_member: More & { readonly status: string; readonly user: User };
}

/** An update, with types for the kinds that bots handle most; it holds exactly one of them. */
export interface Update extends RawUpdate {
  readonly message?: Message;
  readonly edited_message?: Message;
  readonly channel_post?: Message;
  readonly edited_channel_post?: Message;
  readonly business_message?: Message;
  readonly edited_business_message?: Message;
  readonly guest_message?: Message;
  readonly callback_query?: CallbackQuery;
  readonly inline_query?: More & {
    readonly id: string;
    readonly from: User;
    readonly query: string;
    readonly offset: string;
  };
  readonly chosen_inline_result?: More & {
    readonly result_id: string;
    readonly from: User;
    readonly query: string;
  };
  readonly pre_checkout_query?: More & {
    readonly id: string;
    readonly from: User;
    readonly currency: string;
    readonly total_amount: number;
    readonly invoice_payload: string;
  };
  readonly poll?: Poll;
  readonly poll_answer?: More & {
    readonly poll_id: string;
    readonly user?: User;
    readonly voter_chat?: Chat;
    readonly option_ids: readonly number[];
  };
  readonly my_chat_member?: ChatMemberUpdated;
  readonly chat_member?: ChatMemberUpdated;
  readonly chat_join_request?: More & {
    readonly chat: Chat;
    readonly from: User;
    readonly user_chat_id: number;
    readonly bio?: string;
  };
  readonly message_reaction?: More & {
    readonly chat: Chat;
    readonly message_id: number;
    readonly user?: User;
    readonly old_reaction: readonly (More & { readonly type: string })[];
    readonly new_reaction: readonly (More & { readonly type: string })[];
  };
}

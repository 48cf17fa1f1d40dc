/** Raw JSON as the Bot API sends it: only the fields that the fake Telegram itself reads are named. */

/** A user or bot as Telegram sends it. */
export interface RawUser {
  /** The id. */
  readonly id: number;
  /** Whether it is a bot. */
  readonly is_bot: boolean;
  /** The first name. */
  readonly first_name: string;
  /** Every other field. */
  readonly [field: string]: unknown;
}

/** A chat as Telegram sends it. */
export interface RawChat {
  /** The id; negative for groups and channels. */
  readonly id: number;
  /** The kind of chat. */
  readonly type: 'private' | 'group' | 'supergroup' | 'channel';
  /** Every other field. */
  readonly [field: string]: unknown;
}

/** A message as Telegram sends it. */
export interface RawMessage {
  /** Its number in the chat. */
  readonly message_id: number;
  /** When it was sent, in seconds since 1970. */
  readonly date: number;
  /** Where it was sent. */
  readonly chat: RawChat;
  /** The sender; absent in channels. */
  readonly from?: RawUser;
  /** The text of a text message. */
  readonly text?: string;
  /** The text under media. */
  readonly caption?: string;
  /** The inline keyboard under it. */
  readonly reply_markup?: RawMarkup;
  /** Every other field. */
  readonly [field: string]: unknown;
}

/** A button of an inline or reply keyboard. */
export interface RawButton {
  /** The label. */
  readonly text: string;
  /** The parameters of the call. */
  readonly [field: string]: unknown;
}

/** An inline keyboard, a reply keyboard, or the wish to remove one. */
export interface RawMarkup {
  /** Buttons under the message. */
  readonly inline_keyboard?: readonly (readonly RawButton[])[];
  /** Buttons in place of the user's keyboard. */
  readonly keyboard?: readonly (readonly (RawButton | string)[])[];
  /** Takes the reply keyboard away. */
  readonly remove_keyboard?: boolean;
  /** Hides the reply keyboard after one press. */
  readonly one_time_keyboard?: boolean;
}

/** The parameters of a Bot API call. */
export type Payload = Readonly<Record<string, unknown>>;

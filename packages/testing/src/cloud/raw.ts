/** Raw JSON as the Bot API sends it: only the fields that the fake Telegram itself reads are named. */

/** An update as Telegram sends it. */
export interface RawUpdate {
  /** Its number, by which it is confirmed. */
  readonly update_id: number;
  /** One more field, named after the update's type. */
  readonly [type: string]: unknown;
}

/** A user or bot as Telegram sends it. */
export interface RawUser {
  readonly id: number;
  readonly is_bot: boolean;
  readonly first_name: string;
  readonly [field: string]: unknown;
}

/** A chat as Telegram sends it. */
export interface RawChat {
  readonly id: number;
  readonly type: 'private' | 'group' | 'supergroup' | 'channel';
  readonly [field: string]: unknown;
}

/** A message as Telegram sends it. */
export interface RawMessage {
  readonly message_id: number;
  readonly date: number;
  readonly chat: RawChat;
  readonly from?: RawUser;
  readonly text?: string;
  readonly caption?: string;
  readonly reply_markup?: RawMarkup;
  readonly [field: string]: unknown;
}

/** A button of an inline or reply keyboard. */
export interface RawButton {
  readonly text: string;
  readonly [field: string]: unknown;
}

/** An inline keyboard, a reply keyboard, or the wish to remove one. */
export interface RawMarkup {
  readonly inline_keyboard?: readonly (readonly RawButton[])[];
  readonly keyboard?: readonly (readonly (RawButton | string)[])[];
  readonly remove_keyboard?: boolean;
  readonly one_time_keyboard?: boolean;
}

/** The parameters of a Bot API call. */
export type Payload = Readonly<Record<string, unknown>>;

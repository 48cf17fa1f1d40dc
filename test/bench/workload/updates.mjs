/** Updates as the Bot API sends them, each a fresh object, and the messages that its `sendMessage` gives back. */

let lastUpdate = 0;
let lastMessage = 0;

/** The bot, as `getMe` tells. */
export const me = {
  id: 42,
  is_bot: true,
  first_name: 'bench',
  username: 'bench_bot',
  can_join_groups: true,
  can_read_all_group_messages: false,
  supports_inline_queries: false,
  can_connect_to_business: false,
  has_main_web_app: false,
};

/** A token of the right form. */
export const token = `42:${'A'.repeat(35)}`;

/** The first of the users, with an id of the length that new users have. */
export const firstUser = 5_000_000_000;

/** Begins the ids of this process: two that are given updates of one bot are never given the same. */
export function countUpdatesFrom(id) {
  lastUpdate = id;
}

/** A text message in the user's private chat. */
export function textFrom(user, text) {
  lastMessage++;
  lastUpdate++;
  const message = {
    message_id: lastMessage,
    date: 1_700_000_000,
    from: { id: user, is_bot: false, first_name: `U${user}`, language_code: 'en' },
    chat: { id: user, type: 'private', first_name: `U${user}` },
    text,
  };
  if (text.startsWith('/')) {
    message.entities = [{ type: 'bot_command', offset: 0, length: text.length }];
  }
  return { update_id: lastUpdate, message };
}

/** A press of a button on the last message of the user's private chat. */
export function pressOf(user, data, keyboard, message_id) {
  lastUpdate++;
  const from = { id: user, is_bot: false, first_name: `U${user}`, language_code: 'en' };
  const chat = { id: user, type: 'private', first_name: `U${user}` };
  const date = 1_700_000_000;
  const message = { message_id, date, from: me, chat, text: '', reply_markup: keyboard };
  const callback_query = { id: String(lastUpdate), from, chat_instance: '1', message, data };
  return { update_id: lastUpdate, callback_query };
}

/** The id of the message that was sent last. */
export const lastMessageId = () => lastMessage;

/** The result of `sendMessage`. */
export function sentMessage(chat, text) {
  lastMessage++;
  return {
    message_id: lastMessage,
    date: 1_700_000_000,
    from: me,
    chat: { id: chat, type: 'private', first_name: `U${chat}` },
    text,
  };
}

/** A Telegraf bot without a network: every call of the Bot API is answered at once. */

import { Telegraf, Telegram } from 'telegraf';
import { me, sentMessage, token } from './updates.mjs';

/** Makes a bot; `sent` hears of each message. */
export function telegrafBot({ sent }) {
  // each update gets a Telegram of its own, so the answer has to stand on the prototype
  Telegram.prototype.callApi = (_method, payload) => {
    sent(payload.chat_id, payload.text, payload);
    return Promise.resolve(sentMessage(payload.chat_id, payload.text));
  };
  const bot = new Telegraf(token);
  bot.botInfo = me;
  bot.catch((error) => {
    throw error;
  });
  return bot;
}

/** The result of a system's `create`, for a bot. */
export const running = (bot, close) => ({ handle: (update) => bot.handleUpdate(update), close });

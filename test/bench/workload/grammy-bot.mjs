/** A grammY bot without a network: every call of the Bot API is answered at once, at the lowest place that grammY offers. */

import { createRequire } from 'node:module';
import { Bot } from 'grammy';
import { me, sentMessage, token } from './updates.mjs';

const answering = (sent) => (_previous, _method, payload) => {
  sent(payload.chat_id, payload.text, payload);
  return Promise.resolve({ ok: true, result: sentMessage(payload.chat_id, payload.text) });
};

/** Makes a bot; `sent` hears of each message. */
export function grammyBot({ sent }) {
  const bot = new Bot(token, { botInfo: me });
  bot.api.config.use(answering(sent));
  return bot;
}

/** The result of a system's `create`, for a bot. */
export const running = (bot, close) => ({ handle: (update) => bot.handleUpdate(update), close });

/**
 * Answers for every `Api` that is made from now on.
 *
 * `@grammyjs/conversations` makes its own for each replay, which does not inherit the bot's transformers.
 */
export function answerEveryApi({ sent }) {
  const require = createRequire(import.meta.url);
  const core = require(require.resolve('grammy').replace(/mod\.js$/, 'core/api.js'));
  const Base = core.Api;
  core.Api = class extends Base {
    constructor(...parameters) {
      super(...parameters);
      this.config.use(answering(sent));
    }
  };
}

/** The bot of the home page: a real machine in the browser, with a chat in place of Telegram. Nothing leaves the page. */

import { createMachine } from '../../../packages/core/src/adapter.ts';
import { flow, invalid } from '../../../packages/core/src/index.ts';
import { graph } from '../../../packages/devtools/src/graph/machine-graph.ts';
import { diagram } from '../../../packages/devtools/src/web/diagram.ts';
import { textOf } from '../../../packages/devtools/src/web/html.ts';

const order = flow('order', { trigger: '/order', back: true })
  .ask('tea', { prompt: 'Which tea?', choices: { green: 'Green', black: 'Black' } })
  .ask('cups', {
    prompt: ({ tea }) => `How many cups of ${tea} tea?`,
    validate: (text) => Number(text) || invalid('A number, please.'),
  })
  .ask('note', { prompt: 'A note for the kitchen?', optional: true })
  .done(({ cups, tea }) => `Your order: ${cups} × ${tea} tea.`);

const chat = { id: 1, type: 'private', first_name: 'You' };
const you = { id: 1, is_bot: false, first_name: 'You', language_code: 'en' };
const bot = { id: 2, is_bot: true, first_name: 'Bot', username: 'tea_bot' };

/**
 * Starts the bot.
 *
 * @param changed - called after each change of `messages` and of the conversation
 * @returns `messages`, `send(text)`, `tap(message, button)` and `look()`: the state, the data and the diagram as they are now
 */
export function startBot(changed) {
  const messages = [];
  let lastMessage = 0;
  let lastUpdate = 0;
  const calls = {
    sendMessage(payload) {
      lastMessage += 1;
      const message = { message_id: lastMessage, date: now(), chat, from: bot, text: payload.text };
      messages.push({ id: lastMessage, from: 'bot', text: payload.text, buttons: rows(payload) });
      return { ...message, reply_markup: payload.reply_markup };
    },
    editMessageText: (payload) => edit(payload, { text: payload.text, buttons: rows(payload) }),
    editMessageReplyMarkup: (payload) => edit(payload, { buttons: rows(payload) }),
    deleteMessage({ message_id }) {
      const at = messages.findIndex(({ id }) => id === message_id);
      if (at >= 0) messages.splice(at, 1);
      return true;
    },
    answerCallbackQuery({ text }) {
      if (text) messages.push({ id: undefined, from: 'notice', text, buttons: [] });
      return true;
    },
    sendChatAction: () => true,
  };
  const machine = createMachine({ states: [order] });
  const drawn = graph(machine);
  const changes = [];
  const port = {
    id: bot.id,
    username: bot.username,
    async call(method, payload) {
      if (changes.some((each) => each(method, payload) === undefined)) return true;
      const result = calls[method]?.(payload);
      if (result === undefined) throw new Error(`The chat of this page has no ${method}.`);
      changed();
      return result;
    },
    intercept: (each) => void changes.push(each),
  };
  machine.connect(port);

  function edit({ message_id }, change) {
    const message = messages.find(({ id }) => id === message_id);
    if (message) Object.assign(message, change);
    return message ? { message_id, date: now(), chat, from: bot, text: message.text } : true;
  }

  async function update(content) {
    lastUpdate += 1;
    changes.length = 0;
    await machine.handle({ update_id: lastUpdate, ...content }, port, async ({ reply }) => {
      await reply('Send /order.');
    });
    changed();
  }

  return {
    messages,
    async send(text) {
      lastMessage += 1;
      messages.push({ id: lastMessage, from: 'you', text, buttons: [] });
      changed();
      const entities = text.startsWith('/')
        ? [{ type: 'bot_command', offset: 0, length: text.split(/\s/)[0].length }]
        : undefined;
      await update({
        message: {
          message_id: lastMessage,
          date: now(),
          chat,
          from: you,
          text,
          ...(entities && { entities }),
        },
      });
    },
    async tap({ id, text }, { text: label, data }) {
      messages.push({ id: undefined, from: 'you', text: `[${label}]`, buttons: [] });
      changed();
      const message = { message_id: id, date: now(), chat, from: bot, text };
      await update({
        callback_query: { id: String(lastUpdate), from: you, chat_instance: '1', message, data },
      });
    },
    async look() {
      const stored = await machine.at({ user: you.id }).peek();
      const state = stored?.current ?? null;
      const marks = { count: () => 0, link: () => undefined, current: state };
      return {
        state,
        data: stored?.data ?? {},
        svg: textOf(diagram(drawn, 'order', 'The flow "order"', marks)),
      };
    },
  };
}

const now = () => Math.floor(Date.now() / 1000);
const rows = ({ reply_markup: markup }) =>
  (markup?.inline_keyboard ?? []).map((row) =>
    row.map(({ text, callback_data }) => ({ text, data: callback_data })),
  );

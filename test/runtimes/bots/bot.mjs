/** A bot that counts what a user sends; `answers` gives it two messages and returns what it replied. */

import { fsm, state, states } from '@telefsm/grammy';
import { Bot } from 'grammy';

const Count = states('Count', { at: state() });

const me = {
  id: 1,
  is_bot: true,
  first_name: 'Bot',
  username: 'a_bot',
  can_join_groups: true,
  can_read_all_group_messages: false,
  supports_inline_queries: false,
};

const answered = { message_id: 1, date: 0, chat: { id: 7, type: 'private' } };

/** Makes the bot; `replies` receives each text that it has sent. With `apiRoot` it sends them there by grammY's own client. */
export function makeBot(storage, replies, apiRoot) {
  const bot = new Bot('1:test', { botInfo: me, client: { apiRoot } });
  bot.api.config.use(async (send, method, payload, signal) => {
    const result = apiRoot ? await send(method, payload, signal) : { ok: true, result: answered };
    if (method === 'sendMessage') replies.push(payload.text);
    return result;
  });
  bot.use(fsm({ states: [Count], storage }));
  bot.on('message:text', async (ctx) => {
    const count = (ctx.state.is(Count.at) ? ctx.state.data.count : 0) + 1;
    ctx.state.set(Count.at, { count });
    await ctx.reply(`${count}`);
  });
  return bot;
}

/** A private message of user 7. */
export const message = (update_id) => ({
  update_id,
  message: {
    message_id: update_id,
    date: 0,
    chat: { id: 7, type: 'private', first_name: 'Ann' },
    from: { id: 7, is_bot: false, first_name: 'Ann' },
    text: 'hello',
  },
});

/** Sends two messages to a bot on the storage and prints its replies. */
export async function answers(storage) {
  const replies = [];
  const bot = makeBot(storage, replies, process.env.BOT_API);
  await bot.handleUpdate(message(1));
  await bot.handleUpdate(message(2));
  console.log(`replies ${replies.join(' ')}`);
}

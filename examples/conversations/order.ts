/** The conversation and the commands of both bots. */

import {
  type Conversation,
  type ConversationFlavor,
  createConversation,
} from '@grammyjs/conversations';
import type { Bot, Context, SessionFlavor } from 'grammy';

/** The data of the session. */
export interface Data {
  orders: string[];
}
/** The context of both bots. */
export type MyContext = ConversationFlavor<Context & SessionFlavor<Data>>;

async function order(conversation: Conversation<MyContext, Context>, ctx: Context) {
  await ctx.reply('What would you like?');
  const what = await conversation.waitFor('message:text');
  await what.reply('How many?');
  const many = await conversation.waitFor('message:text');
  await conversation.external((outside) => {
    outside.session.orders.push(`${many.msg.text} × ${what.msg.text}`);
    if (Number.isNaN(Number(many.msg.text))) throw new Error(`Not a number: ${many.msg.text}`);
  });
  await many.reply(`Ordered: ${many.msg.text} × ${what.msg.text}`);
}

/** Adds the conversation and the commands, behind `session()` and `conversations()`. */
export function addOrders(bot: Bot<MyContext>): void {
  bot.use(createConversation<MyContext, Context>(order, 'order'));
  bot.command('order', (ctx) => ctx.conversation.enter('order'));
  bot.command('orders', (ctx) => ctx.reply(ctx.session.orders.join('\n') || 'No orders yet.'));
}

/** A group poll on grammY: the strategy `chat` gives all members of a chat one conversation. */

import { type Clock, FsmComposer, type FsmFlavor, type FsmStorage, fsm } from '@telefsm/grammy';
import { type Bot, type Context, InlineKeyboard } from 'grammy';
import { Poll, questionIn, standing, texts, withVote } from './poll.ts';

const app = [Poll] as const;
/** The context of this bot's handlers. */
export type MyContext = FsmFlavor<Context, typeof app>;

/** Adds the conversation to a bot; a test passes its clock, a bot on several processes a shared storage. */
export function setUp(
  bot: Bot<MyContext>,
  options: { readonly storage?: FsmStorage; readonly clock?: Clock } = {},
) {
  const machine = fsm({ states: app, strategy: 'chat', ...options });
  bot.use(machine);

  const poll = new FsmComposer<MyContext>();
  const open = poll.state(Poll.open);
  open.command('poll', (ctx) => ctx.reply(texts.running));
  open.command('close', async (ctx) => {
    const result = standing(ctx.state.data);
    ctx.state.clear();
    await ctx.reply(`Result: ${result}`);
  });
  open.callbackQuery(['yes', 'no'], async (ctx) => {
    const vote = ctx.callbackQuery.data === 'yes' ? 'yes' : 'no';
    ctx.state.replace(withVote(ctx.state.data, ctx.from.id, vote));
    await ctx.answerCallbackQuery(texts.voted);
    await ctx.reply(standing(ctx.state.data));
  });
  bot.use(poll);

  bot.command('poll', async (ctx) => {
    const question = questionIn(ctx.match);
    if (question === undefined) return void (await ctx.reply(texts.howTo));
    ctx.state.set(Poll.open, { question, votes: {} });
    const keyboard = new InlineKeyboard().text('Yes', 'yes').text('No', 'no');
    await ctx.reply(question, { reply_markup: keyboard });
  });
  bot.command('close', (ctx) => ctx.reply(texts.none));
  return machine;
}

/** A group poll on Telegraf: the strategy `chat` gives all members of a chat one conversation. */

import { type Clock, FsmComposer, type FsmFlavor, type FsmStorage, fsm } from '@telefsm/telegraf';
import { type Context, Markup, type Telegraf } from 'telegraf';
import { Poll, questionIn, standing, texts, withVote } from './poll.ts';

const app = [Poll] as const;
/** The context of this bot's handlers. */
export type MyContext = FsmFlavor<Context, typeof app>;

/** Adds the conversation to a bot; a test passes its clock, a bot on several processes a shared storage. */
export function setUp(
  bot: Telegraf<MyContext>,
  options: { readonly storage?: FsmStorage; readonly clock?: Clock } = {},
) {
  const machine = fsm({ states: app, strategy: 'chat', ...options });
  bot.use(machine);

  const poll = new FsmComposer<MyContext>();
  const open = poll.state(Poll.open);
  open.command('poll', (ctx) => ctx.reply(texts.running));
  open.command('close', async (ctx) => {
    const result = standing(ctx.fsm.data);
    ctx.fsm.clear();
    await ctx.reply(`Result: ${result}`);
  });
  open.action(['yes', 'no'], async (ctx) => {
    const vote = ctx.match[0] === 'yes' ? 'yes' : 'no';
    ctx.fsm.replace(withVote(ctx.fsm.data, ctx.from.id, vote));
    await ctx.answerCbQuery(texts.voted);
    await ctx.reply(standing(ctx.fsm.data));
  });
  bot.use(poll);

  bot.command('poll', async (ctx) => {
    const question = questionIn(ctx.payload);
    if (question === undefined) return void (await ctx.reply(texts.howTo));
    ctx.fsm.set(Poll.open, { question, votes: {} });
    const buttons = [Markup.button.callback('Yes', 'yes'), Markup.button.callback('No', 'no')];
    await ctx.reply(question, Markup.inlineKeyboard([buttons]));
  });
  bot.command('close', (ctx) => ctx.reply(texts.none));
  return machine;
}

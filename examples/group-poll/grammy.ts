/** The group poll on grammY: the strategy `chat` gives all members of a chat one conversation. */

import { FsmComposer, type FsmFlavor, fsm } from '@telefsm/grammy';
import { type Context, InlineKeyboard } from 'grammy';
import type { BotOptions, ExampleBot } from '../lib/example.ts';
import { given } from '../lib/given.ts';
import { newBot, running } from '../lib/grammy.ts';
import { Poll, questionIn, standing, texts, withVote } from './group-poll.ts';

const app = [Poll] as const;
type MyContext = FsmFlavor<Context, typeof app>;

export function makeBot(options: BotOptions): ExampleBot {
  const bot = newBot<MyContext>(options);
  const machine = fsm({ states: app, strategy: 'chat', ...given(options) });
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
  return running(bot, machine);
}

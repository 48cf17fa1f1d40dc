/** The group poll on Telegraf: the strategy `chat` gives all members of a chat one conversation. */

import { FsmComposer, type FsmFlavor, fsm } from '@telefsm/telegraf';
import { type Context, Markup } from 'telegraf';
import type { BotOptions, ExampleBot } from '../lib/example.ts';
import { given } from '../lib/given.ts';
import { newBot, running } from '../lib/telegraf.ts';
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
  return running(bot, machine);
}

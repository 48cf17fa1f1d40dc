/** A second machine under its own property. */

import {
  type FsmFlavor,
  flow,
  fsm,
  inState,
  noState,
  type PropertyFlavor,
  state,
  states,
} from '@telefsm/grammy';
import { Bot, type Context, InlineKeyboard } from 'grammy';

const Poll = states('Poll', { open: state<{ question: string; votes: Record<string, string> }>() });
const profile = flow('profile', { trigger: '/profile' })
  .ask('name', { prompt: 'Your name?' })
  .done((a) => `Hello, ${a.name}`);

type MyContext = PropertyFlavor<FsmFlavor<Context, typeof profile>, 'vote', typeof Poll>;
// `poll` would be the obvious name, and is taken by grammY (ctx.poll is the update):
// @ts-expect-error refused with a sentence
new Bot<PropertyFlavor<Context, 'poll'>>('1:T');
const bot = new Bot<MyContext>('1:T');

bot.use(fsm({ states: [profile] })); // userInChat → ctx.state

// Scoped to groups: one conversation per chat means that the whole chat takes turns, so don't install it wider than needed.
const pollMachine = fsm({
  states: [Poll],
  strategy: 'chat',
  property: 'vote',
  namespace: 'poll',
  otherCommands: 'pass',
});
const group = bot.chatType(['group', 'supergroup']);
group.use(pollMachine);

group.command('poll', async (ctx) => {
  if (!ctx.vote.is(noState)) return ctx.reply('A poll is open already.');
  ctx.vote.set(Poll.open, { question: ctx.match, votes: {} });
  return ctx.reply(ctx.match, {
    reply_markup: new InlineKeyboard().text('👍', 'up').text('👎', 'down'),
  });
});
group.filter(pollMachine.inState(Poll.open)).callbackQuery(['up', 'down'], async (ctx) => {
  ctx.vote.update({ votes: { ...ctx.vote.data.votes, [ctx.from.id]: ctx.match as string } });
  ctx.state.is(noState); // the user's own conversation is beside it
  await ctx.answerCallbackQuery('Counted.');
});
// @ts-expect-error the default filter reads ctx.state, whose machine does not know Poll
bot.filter(inState(Poll.open)).use((ctx) => ctx.state.set(Poll.open));

/** The quick start, without naming the states in the flavor. */

import { type FsmFlavor, fsm, inState, state, states } from '@telefsm/grammy';
import { Bot, type Context } from 'grammy';

const Form = states('Form', { name: state(), age: state<{ name: string }>() });
const bot = new Bot<FsmFlavor<Context>>('1:T');
bot.use(fsm());
bot.command('start', async (ctx) => {
  ctx.state.set(Form.name);
  await ctx.reply('What is your name?');
});
bot.filter(inState(Form.name)).on('message:text', async (ctx) => {
  ctx.state.set(Form.age, { name: ctx.msg.text });
  // @ts-expect-error missing
  ctx.state.set(Form.age);
  // @ts-expect-error missing
  ctx.state.set(Form.age, {});
  await ctx.reply('How old are you?');
});
bot.filter(inState(Form.age)).on('message:text', async (ctx) => {
  const n: string = ctx.state.data.name;
  // @ts-expect-error typo
  ctx.state.data.nmae;
  ctx.state.update({ name: 'x' });
  ctx.state.current satisfies 'Form:age';
  ctx.state.get('name') satisfies string;
  ctx.state.get('nope') satisfies unknown;
  ctx.state.get('visits', 0) satisfies number;
  ctx.state.clear();
  await ctx.reply(`Nice to meet you, ${n}`);
});
// forgetting the flavor
const bare = new Bot('1:T');
// @ts-expect-error state and fsm are missing in Context
bare.use(fsm());

/** One-line handlers, which Telegraf wants to return nothing or a promise. */

import { type FsmFlavor, flow, fsm, state, states } from '@telefsm/telegraf';
import { type Context, Telegraf } from 'telegraf';

const Form = states('Form', { name: state<{}>(), age: state<{ name: string }>() });
const order = flow('order')
  .ask('product', { prompt: '?' })
  .done(() => {});
// one-liners on Telegraf
const tg = new Telegraf<FsmFlavor<Context>>('');
tg.use(fsm());
tg.command('a', (ctx) => ctx.fsm.clear());
tg.command('b', (ctx) => ctx.fsm.set(Form.name));
tg.command('c', (ctx) => ctx.fsm.enter(order));
// @ts-expect-error Telegraf's handlers return a promise or nothing: `update` returns the data
tg.command('d', (ctx) => ctx.fsm.update({ a: 1 }));
const helper = (ctx: FsmFlavor<Context>) => ctx.fsm.set(Form.name);
tg.command('e', (ctx) => helper(ctx)); // a helper that takes the bot's own context

/** States that are not in the flavor are refused with a sentence. */

import { FsmComposer, type FsmFlavor, inState, state, states } from '@telefsm/grammy';
import { Bot, type Context } from 'grammy';

const Form = states('Form', { name: state() });
const Other = states('Other', { a: state(), b: state<{ x: 1 }>() });
const bot = new Bot<FsmFlavor<Context, typeof Form>>('');
// @ts-expect-error not in the flavor
bot.filter(inState(Other.a)).on('message:text', (ctx) => {
  ctx.reply('x');
});
// @ts-expect-error not in the flavor
bot.filter(inState(Other.b), (ctx) => {
  ctx.reply('x');
});
// @ts-expect-error not in the flavor
bot.filter(inState(Other), (ctx) => {
  ctx.reply('x');
});
// @ts-expect-error not in the flavor
new FsmComposer<FsmFlavor<Context, typeof Form>>().state(Other).use((ctx) => ctx.reply('x'));

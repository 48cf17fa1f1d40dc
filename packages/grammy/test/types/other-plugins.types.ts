/** Beside sessions, composers and error boundaries. */

import { type FsmFlavor, fsm, inState, state, states } from '@telefsm/grammy';
import {
  Bot,
  Composer,
  type Context,
  type LazySessionFlavor,
  type SessionFlavor,
  session,
} from 'grammy';

const Form = states('Form', { name: state(), age: state<{ name: string }>() });
type My = FsmFlavor<Context & SessionFlavor<{ n: number }>, typeof Form>;
const bot = new Bot<My>('');
bot.use(session({ initial: () => ({ n: 0 }) }));
bot.use(fsm({ states: [Form] }));
const module = new Composer<My>(); // the usual way to split a grammY bot
module
  .filter(inState(Form.age))
  .chatType('private')
  .on(['message:photo', 'message:document'], (ctx) => {
    ctx.session.n++;
    ctx.state.data.name.trim();
    ctx.msg.caption;
  });
module.on('message:text').filter(inState(Form.age), (ctx) => {
  ctx.msg.text.trim();
  ctx.state.data.name.trim();
}); // the other order
module
  .on('message:text')
  .filter((ctx) => ctx.state.is(Form.age))
  .use((ctx) => ctx.msg.text);
module.filter(inState(Form.name)).branch(
  (ctx) => ctx.session.n > 3,
  (ctx) => {
    ctx.state.set(Form.age, { name: 'x' });
  },
  (ctx) => ctx.reply('no'),
);
bot.use(module);
bot.errorBoundary(({ ctx }) => ctx.state.clear()).use(module);
bot.catch(({ ctx }) => {
  ctx.state.key;
});
export type Lazy = FsmFlavor<Context & LazySessionFlavor<{ n: number }>>;

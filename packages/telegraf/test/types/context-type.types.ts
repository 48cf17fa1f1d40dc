/** A context by class. */

import {
  FsmComposer,
  type FsmContext,
  fsm,
  type NoState,
  type StatesIn,
  state,
  states,
} from '@telefsm/telegraf';
import { Context, Telegraf } from 'telegraf';
import { message } from 'telegraf/filters';

const Form = states('Form', { name: state(), age: state<{ name: string }>() });
// Telegraf by class
class MyCtx extends Context {
  declare readonly fsm: FsmContext<StatesIn<typeof Form> | NoState>;
}
const tg = new Telegraf<MyCtx>('', { contextType: MyCtx });
tg.use(fsm({ states: [Form] }));
const c = new FsmComposer<MyCtx>();
c.state(Form.age).on(message('text'), (ctx) => {
  ctx.fsm.data.name.trim();
  ctx.message.text;
});
c.state(Form.age).command('x', (ctx) => {
  ctx.fsm.data.name.trim();
  ctx.payload;
});
c.state(Form.age).action(/a/, (ctx) => {
  ctx.fsm.data.name.trim();
  ctx.match;
});
tg.use(c);

/** The types of a machine include its scenes, and are not circular. */

import {
  type AnyState,
  type FsmFlavor,
  flow,
  fsm,
  inState,
  type Machine,
  Scene,
  type StatesIn,
  scene,
  state,
  states,
  typed,
} from '@telefsm/grammy';
import { Bot, type Context } from 'grammy';

const Form = states('Form', { name: state(), age: state<{ name: string }>() });
const Hungry = scene('hungry', { data: typed<{ order: string[] }>() }).on({
  handle: ({ again }) => again(),
});
const order = flow('order')
  .ask('product', { prompt: '?' })
  .done((_a, turn) => turn.state.enter(survey, { score: '1' }));
const survey = flow('survey')
  .ask('score', { prompt: '?', choices: ['1', '2'] })
  .done((_a, turn) => turn.state.enter(order)); // they name each other

// a) from the list: never circular, also with framework scenes
const app = [Form, Hungry, order, survey] as const;
type MyContext = FsmFlavor<Context, typeof app>;
const settings = new Scene<MyContext, { lang: string }>('settings');
settings.on('message:text', (ctx) => {
  ctx.state.data.lang.trim();
  ctx.state.update({ lang: ctx.msg.text });
  ctx.state.enter(settings, { lang: 'en' });
  ctx.state.enter(order, { product: 'x' });
  ctx.state.enter(Hungry, { order: [] });
  // @ts-expect-error data needed
  ctx.state.enter(Hungry);
  // @ts-expect-error a scene is entered, not set
  ctx.state.set(Hungry);
  if (ctx.state.is(settings)) ctx.state.data.lang.trim();
  if (ctx.state.is(Hungry)) ctx.state.data.order.length;
});
const machine = fsm({ states: app, scenes: [settings] });
const bot = new Bot<MyContext>('1:T');
bot.use(machine);
await machine.at({ user: 1 }).run((turn) => {
  turn.state.set(Form.name);
  // @ts-expect-error its data is needed
  turn.state.set(Form.age);
  const Other = states('Other', { a: state() });
  // @ts-expect-error not in this machine
  turn.state.set(Other.a);
});
bot.filter(inState(Hungry)).on('message', (ctx) => {
  ctx.state.data.order.map((s) => s.trim());
});
bot.filter(inState(order)).on('message', (ctx) => {
  ctx.state.current satisfies 'order:product';
});
bot.filter(inState(settings)).on('message:text', (ctx) => {
  ctx.state.data.lang;
});
export const erased: Machine<AnyState, never> = machine;
type All = StatesIn<typeof app>;
export type Ids = All['id'];

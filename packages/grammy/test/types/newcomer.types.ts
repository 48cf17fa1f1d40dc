/** The first lines of newcomers, and the compiler's errors about them. */

import {
  type FsmFlavor,
  flow,
  fsm,
  inState,
  noState,
  scene,
  state,
  states,
  typed,
} from '@telefsm/grammy';
import { Bot, type Context } from 'grammy';
import { z } from 'zod';

const Form = states('Form', { name: state<{}>(), age: state<{ name: string }>() });
const order = flow('order')
  .ask('product', { prompt: '?' })
  .ask('n', { prompt: '?', schema: z.coerce.number() })
  .done(() => {});
const app = [Form, order]; // `as const` forgotten: works
const bot = new Bot<FsmFlavor<Context, typeof app>>('');
const machine = fsm({ states: app });
bot.use(machine);
await machine.at({ user: 1 }).run((turn) => {
  // @ts-expect-error still checked
  turn.state.set(Form.age);
});
scene('hooks', { data: typed<{ poll?: string }>() }).on({
  enter: ({ state, ...turn }) => {
    state.update({ poll: '7' });
    // @ts-expect-error a hook shows something: a transition would be lost
    turn.stay({ poll: '7' });
  },
  handle: ({ reply }) => reply('A reply may be returned.'),
  // @ts-expect-error a hook shows something
  leave: ({ goto }) => void goto,
});
bot.filter(inState(Form.age), async (ctx) => {
  // @ts-expect-error session habit: data is read-only
  ctx.state.data.name = 'x';
  // @ts-expect-error wizard habit
  ctx.state.enter('ordr');
  ctx.state.enter('order');
  // @ts-expect-error 'order' is a scene: use enter() in place of set()
  ctx.state.set(order);
  // @ts-expect-error a state is set
  ctx.state.enter(Form.name);
  // @ts-expect-error a step is not set
  ctx.state.set(order.steps.n);
  // @ts-expect-error aiogram habit: states are objects of a group; an id is text
  ctx.state.set('Form:name');
  await ctx.state.set(Form.name); // harmless
  if (ctx.state.is(noState)) return;
  ctx.state.data.name.trim();
});
// @ts-expect-error aiogram habit: a filter among the handlers; as middleware it would end the update without a word
bot.on('message:text', inState(Form.age), () => {});
// @ts-expect-error the same of a machine's own filter
bot.use(machine.inState(Form.age));
// the flavor forgotten, with and without options
// @ts-expect-error the context has no FSM
new Bot('').use(fsm());
// @ts-expect-error the context has no FSM
new Bot('').use(fsm({ states: app }));
const forgotten = new Bot('');
// @ts-expect-error the flavor forgotten, machine apart
forgotten.use(machine);

// @ts-expect-error a node that does nothing yet is not a scene
fsm({ states: [scene('empty')] });
// @ts-expect-error what it does with input is asked for
scene('empty').on({ enter: () => 'hi' });
// two nodes that name themselves and each other
const A = scene('a').on({
  handle: ({ goto }) => goto(B, { n: 1 }),
  timeout: ({ goto }) => goto(A),
});
const B = scene('b', { data: typed<{ n: number }>() }).on({
  enter: ({ data }) => `${data.n}`,
  handle: ({ goto, data }) => (data.n > 3 ? goto(A) : goto(B, { n: data.n + 1 })),
  timeout: async ({ goto }) => {
    await 0;
    return goto(A);
  },
});
// @ts-expect-error its data is needed
const _C = scene('c').on({ handle: ({ goto }) => goto(B) });
// @ts-expect-error a handler leads somewhere or nowhere; a text is neither
scene('d').on({ handle: () => 'start' });
// @ts-expect-error misspelled
scene('d').on({ handel: () => {} });

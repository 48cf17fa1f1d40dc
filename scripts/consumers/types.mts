/** What a bot author writes in TypeScript; compiled as an ES module and, word for word, as CommonJS. */

import { type FsmFlavor, flow, fsm, inState, state, states } from '@telefsm/grammy';
import * as onTelegraf from '@telefsm/telegraf';
import { Bot, type Context } from 'grammy';
import { Telegraf, type Context as TelegrafContext } from 'telegraf';
import { message } from 'telegraf/filters';

export const Form = states('Form', {
  name: state(),
  age: state<{ name: string }>(),
});
const app = [Form] as const;

export const bot = new Bot<FsmFlavor<Context, typeof app>>('1:T');
export const machine = fsm({ states: app });
bot.use(machine);
bot.filter(inState(Form.age)).on('message:text', (ctx) => {
  const name: string = ctx.state.data.name;
  // @ts-expect-error the data of this state has no such field
  ctx.state.data.nmae;
  return ctx.reply(name);
});

/** Exported without a type of its own, so what is inferred has to be nameable in the bot's declarations. */
export const order = flow('order', { trigger: '/order' })
  .ask('product', { prompt: 'What would you like?', choices: { phone: 'Phone', laptop: 'Laptop' } })
  .ask('count', { prompt: ({ product }) => `How many ${product}s?` })
  .done(({ product, count }) => `Ordered ${count} × ${product}.`);

const other = new Telegraf<onTelegraf.FsmFlavor<TelegrafContext, typeof app>>('1:T');
other.use(onTelegraf.fsm({ states: app }));
export const form = new onTelegraf.FsmComposer<onTelegraf.FsmFlavor<TelegrafContext, typeof app>>();
form.state(Form.age).on(message('text'), (ctx) => {
  const name: string = ctx.fsm.data.name;
  return ctx.reply(name + ctx.message.text);
});
// @ts-expect-error the group has no such state
form.state(Form.nmae);
other.use(form);

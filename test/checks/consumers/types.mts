/** What a bot author writes in TypeScript; compiled as an ES module and, word for word, as CommonJS. */

import {
  type FsmFlavor,
  flow,
  fsm,
  inState,
  invalid,
  memoryStorage,
  redo,
  removeReplyKeyboards,
  scene,
  state,
  states,
  typed,
} from '@telefsm/grammy';
import { Stage, WizardScene } from '@telefsm/grammy/scenes';
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

// Exported without a type of its own, so what is inferred has to be nameable in the bot's declarations, also where only the
// adapter is within the bot's reach.
export const nameSpec = state<{ name: string }>();
export const isAge = inState(Form.age);
export const whyNot = invalid('Too young.');
export const oncemore = redo('count');
export const storage = memoryStorage();
export const keyboards = removeReplyKeyboards();
export const commands = machine.botCommands();
export const unfinishedScene = scene('profile', { data: typed<{ bio?: string }>() });
export const profile = unfinishedScene.on({ handle: ({ stay }) => stay() });
export const unfinishedOrder = flow('sketch').ask('count', { prompt: 'How many?' });
export const order = flow('order', { trigger: '/order' })
  .ask('product', { prompt: 'What would you like?', choices: { phone: 'Phone', laptop: 'Laptop' } })
  .ask('count', { prompt: ({ product }) => `How many ${product}s?` })
  .done(({ product, count }) => `Ordered ${count} × ${product}.`);
export const report = flow('report')
  .ask('photo', { prompt: 'A photo?', accept: 'photo' })
  .ask('note', { prompt: 'Anything else?', accept: 'any' })
  .confirm({ prompt: ({ note }) => `A ${note.kind}. Is that all?` })
  .done(() => {});
export const delivery = flow('delivery')
  .ask('to', { prompt: 'Where?', choices: ['home', 'shop'] })
  .branch('to', { home: (b) => b.ask('door', { prompt: 'Which door?', accept: 'location' }) })
  .include('damage', report)
  .repeat('items', { each: (b) => b.ask('name', { prompt: 'What?' }), again: 'Another one?' })
  .questions('extra', () => [{ name: 'gift', prompt: 'A gift?' }])
  .done(() => {});
export const deliveries = fsm({ states: [delivery] });
export const waiting = inState(delivery);
export const stage = new Stage();
export const wizard = new WizardScene('wizard');

export const telegrafMachine = onTelegraf.fsm({ states: app });
export const voting = onTelegraf.fsm({ property: 'vote', states: app });
export const bare = onTelegraf.fsm();
export const cart = onTelegraf.scene('cart').on({ handle: ({ stay }) => stay() });
export const Steps = onTelegraf.states('Steps', { first: onTelegraf.state() });
const other = new Telegraf<onTelegraf.FsmFlavor<TelegrafContext, typeof app>>('1:T');
other.use(telegrafMachine);
export const form = new onTelegraf.FsmComposer<onTelegraf.FsmFlavor<TelegrafContext, typeof app>>();
form.state(Form.age).on(message('text'), (ctx) => {
  const name: string = ctx.fsm.data.name;
  return ctx.reply(name + ctx.message.text);
});
// @ts-expect-error the group has no such state
form.state(Form.nmae);
other.use(form);

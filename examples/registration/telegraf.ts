/** The registration bot on Telegraf. */

import {
  type Clock,
  FsmComposer,
  type FsmFlavor,
  type FsmStorage,
  fsm,
  noState,
} from '@telefsm/telegraf';
import { type Context, Markup, type Telegraf } from 'telegraf';
import { message } from 'telegraf/filters';
import { ageIn, Form, summary, texts, wordIn } from './registration.ts';

const app = [Form] as const;
/** The context of this bot's handlers. */
export type MyContext = FsmFlavor<Context, typeof app>;

/** Adds the conversation to a bot; a test passes its clock, a bot on several processes a shared storage. */
export function setUp(
  bot: Telegraf<MyContext>,
  options: { readonly storage?: FsmStorage; readonly clock?: Clock } = {},
) {
  const machine = fsm({ states: app, ...options });
  bot.use(machine);

  bot.command('start', async (ctx) => {
    ctx.fsm.set(Form.name);
    await ctx.reply(texts.name);
  });
  bot.command('cancel', async (ctx) => {
    if (ctx.fsm.is(noState)) return void (await ctx.reply(texts.nothing));
    ctx.fsm.clear();
    await ctx.reply(texts.canceled);
  });

  const form = new FsmComposer<MyContext>();
  form.state(Form.name).command('skip', async (ctx) => {
    ctx.fsm.set(Form.age, { name: 'Anonymous' });
    await ctx.reply(texts.age('Anonymous'));
  });
  form.state(Form.name).on(message('text'), async (ctx) => {
    const name = wordIn(ctx.message.text);
    if (name === undefined) return void (await ctx.reply(texts.tooLong));
    ctx.fsm.set(Form.age, { name });
    await ctx.reply(texts.age(name));
  });
  form.state(Form.age).on(message('text'), async (ctx) => {
    const age = ageIn(ctx.message.text);
    if (age === undefined) return void (await ctx.reply(texts.badAge));
    ctx.fsm.set(Form.city, { age });
    await ctx.reply(texts.city);
  });
  form.state(Form.city).on(message('text'), async (ctx) => {
    const city = wordIn(ctx.message.text);
    if (city === undefined) return void (await ctx.reply(texts.tooLong));
    const { name, age } = ctx.fsm.data;
    ctx.fsm.set(Form.confirm, { city });
    const buttons = [Markup.button.callback('Yes', 'yes'), Markup.button.callback('No', 'no')];
    await ctx.reply(summary({ name, age, city }), Markup.inlineKeyboard([buttons]));
  });
  form.state(Form.confirm).action('yes', async (ctx) => {
    const { name } = ctx.fsm.data;
    ctx.fsm.clear();
    await ctx.answerCbQuery();
    await ctx.reply(texts.done(name));
  });
  form.state(Form.confirm).action('no', async (ctx) => {
    ctx.fsm.clear();
    ctx.fsm.set(Form.name);
    await ctx.answerCbQuery();
    await ctx.reply(texts.again);
  });
  bot.use(form);
  return machine;
}

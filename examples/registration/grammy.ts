/** The registration bot on grammY. */

import {
  type Clock,
  FsmComposer,
  type FsmFlavor,
  type FsmStorage,
  fsm,
  noState,
} from '@telefsm/grammy';
import { type Bot, type Context, InlineKeyboard } from 'grammy';
import { ageIn, Form, summary, texts, wordIn } from './registration.ts';

const app = [Form] as const;
/** The context of this bot's handlers. */
export type MyContext = FsmFlavor<Context, typeof app>;

/** Adds the conversation to a bot; a test passes its clock, a bot on several processes a shared storage. */
export function setUp(
  bot: Bot<MyContext>,
  options: { readonly storage?: FsmStorage; readonly clock?: Clock } = {},
) {
  const machine = fsm({ states: app, ...options });
  bot.use(machine);

  bot.command('start', async (ctx) => {
    ctx.state.set(Form.name);
    await ctx.reply(texts.name);
  });
  bot.command('cancel', async (ctx) => {
    if (ctx.state.is(noState)) return void (await ctx.reply(texts.nothing));
    ctx.state.clear();
    await ctx.reply(texts.canceled);
  });

  const form = new FsmComposer<MyContext>();
  form.state(Form.name).command('skip', async (ctx) => {
    ctx.state.set(Form.age, { name: 'Anonymous' });
    await ctx.reply(texts.age('Anonymous'));
  });
  form.state(Form.name).on('message:text', async (ctx) => {
    const name = wordIn(ctx.msg.text);
    if (name === undefined) return void (await ctx.reply(texts.tooLong));
    ctx.state.set(Form.age, { name });
    await ctx.reply(texts.age(name));
  });
  form.state(Form.age).on('message:text', async (ctx) => {
    const age = ageIn(ctx.msg.text);
    if (age === undefined) return void (await ctx.reply(texts.badAge));
    ctx.state.set(Form.city, { age });
    await ctx.reply(texts.city);
  });
  form.state(Form.city).on('message:text', async (ctx) => {
    const city = wordIn(ctx.msg.text);
    if (city === undefined) return void (await ctx.reply(texts.tooLong));
    const { name, age } = ctx.state.data;
    ctx.state.set(Form.confirm, { city });
    const keyboard = new InlineKeyboard().text('Yes', 'yes').text('No', 'no');
    await ctx.reply(summary({ name, age, city }), { reply_markup: keyboard });
  });
  form.state(Form.confirm).callbackQuery('yes', async (ctx) => {
    const { name } = ctx.state.data;
    ctx.state.clear();
    await ctx.answerCallbackQuery();
    await ctx.reply(texts.done(name));
  });
  form.state(Form.confirm).callbackQuery('no', async (ctx) => {
    ctx.state.clear();
    ctx.state.set(Form.name);
    await ctx.answerCallbackQuery();
    await ctx.reply(texts.again);
  });
  bot.use(form);
  return machine;
}

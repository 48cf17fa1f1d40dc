/** A registration bot with its states in the flavor, and the mistakes that do not compile. */

import {
  anyState,
  FsmComposer,
  type FsmFlavor,
  fsm,
  inState,
  noState,
  state,
  states,
} from '@telefsm/grammy';
import { Bot, type Context, InlineKeyboard } from 'grammy';

export const Form = states('Form', {
  name: state(),
  age: state<{ name: string }>(),
  city: state<{ name: string; age: number }>(),
  confirm: state<{ name: string; age: number; city: string }>(),
});

// The list is given once: to the machine (checks what is stored) and to the flavor (checks what is written).
const app = [Form] as const;
type MyContext = FsmFlavor<Context, typeof app>;

export const bot = new Bot<MyContext>('1:T');
bot.use(fsm({ states: app }));

bot.command('start', async (ctx) => {
  ctx.state.set(Form.name);
  await ctx.reply('What is your name?');
});
bot.command('cancel', async (ctx) => {
  if (ctx.state.is(noState)) return void ctx.reply('There is nothing to cancel.');
  ctx.state.clear();
  await ctx.reply('Canceled.');
});

// one state and one command
bot.filter(inState(Form.name)).command('skip', async (ctx) => {
  ctx.state.set(Form.age, { name: 'Anonymous' });
  await ctx.reply('How old are you?');
});

// chains with filter queries: ctx.msg.text is a string and ctx.state.data is typed
bot.filter(inState(Form.name)).on('message:text', async (ctx) => {
  // @ts-expect-error `name` is missing: the next state needs it and this one does not guarantee it
  ctx.state.set(Form.age);
  ctx.state.set(Form.age, { name: ctx.msg.text });
  await ctx.reply(`How old are you, ${ctx.msg.text}?`);
});
bot.filter(inState(Form.age)).on('message:text', async (ctx) => {
  const age = Number(ctx.msg.text);
  if (!Number.isInteger(age)) return ctx.reply('Please enter a number.'); // stays
  const name: string = ctx.state.data.name;
  ctx.state.set(Form.city, { age }); // name is carried, so only age is asked for
  return ctx.reply(`Which city do you live in, ${name}?`);
});
bot.filter(inState(Form.city)).on('message:text', async (ctx) => {
  ctx.state.set(Form.confirm, { city: ctx.msg.text });
  const { name, age } = ctx.state.data;
  await ctx.reply(`${name}, ${age.toFixed()}, ${ctx.msg.text}. Right?`, {
    reply_markup: new InlineKeyboard().text('Yes', 'yes').text('No', 'no'),
  });
});
bot.filter(inState(Form.confirm)).callbackQuery('yes', async (ctx) => {
  ctx.state.clear();
  await ctx.editMessageText(`Done, ${ctx.state.data.name}!`);
});

// the same with a composer of ours: branches found by an index, same words on Telegraf
const form = new FsmComposer<MyContext>();
form.state(Form.name).on('message:text', (ctx) => {
  ctx.state.set(Form.age, { name: ctx.msg.text });
});
form.state(Form.age).hears(/^\d+$/, (ctx) => {
  ctx.state.set(Form.city, { age: Number(ctx.match[0]) });
});
form.state([Form.city, Form.confirm], (ctx, next) => {
  ctx.state.data.age.toFixed();
  return next();
});
// @ts-expect-error no such state in the group
form.state(Form.nmae);
bot.use(form);

// several targets mean OR; data is a union told apart by `current`
bot.filter(inState(Form.city, Form.confirm)).hears('why', (ctx) => {
  ctx.state.data.age.toFixed();
  // @ts-expect-error only confirm knows the city
  ctx.state.data.city;
  if (ctx.state.current === 'Form:confirm') ctx.state.data.city.trim();
});
bot.filter(inState(anyState)).on('message', (ctx) => ctx.reply('I do not understand. /cancel?'));

// mistakes that do not compile
bot.on('message:text', (ctx) => {
  // @ts-expect-error the state is not known here, so neither is its data
  ctx.state.data.name;
  if (ctx.state.is(Form.age)) ctx.state.data.name.trim();
  else if (ctx.state.is(Form.confirm)) ctx.state.data.city.trim();
  const at = ctx.state.view; // a union told apart by `current`: exhaustive
  switch (at.current) {
    case null:
    case 'Form:name':
      break;
    case 'Form:age':
      at.data.name.trim();
      break;
    case 'Form:city':
      at.data.age.toFixed();
      break;
    case 'Form:confirm':
      at.data.city.trim();
      break;
    default:
      at satisfies never;
  }
  const Other = states('Other', { a: state() });
  // @ts-expect-error not in this machine
  ctx.state.set(Other.a);
  // @ts-expect-error not in this machine
  ctx.state.is(Other);
  // @ts-expect-error no such state
  Form.nmae;
  // @ts-expect-error wrong type
  ctx.state.set(Form.age, { name: 1 });
});
bot.on('message:text', (ctx) => {
  // @ts-expect-error the state is not known, so nothing is guaranteed
  ctx.state.set(Form.age);
  ctx.state.set(Form.age, { name: 'x' });
  ctx.state.set(null);
});
bot.filter(inState(Form.city, Form.confirm), (ctx) => {
  // @ts-expect-error city is only known in one of the two
  ctx.state.set(Form.confirm);
  ctx.state.set(Form.confirm, { city: 'x' });
  ctx.state.set(Form.age);
  ctx.state.get('age').toFixed();
  const { set } = ctx.state;
  // @ts-expect-error a verb needs its object
  set(Form.name);
});
bot.filter(inState('Form:age'), (ctx) => {
  ctx.state.data;
});

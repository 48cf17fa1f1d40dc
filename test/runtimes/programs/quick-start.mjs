/** The bot of the quick start, on the framework that is named as an argument: states and filters, through the chat driver. */

import assert from 'node:assert/strict';
import { telegram } from '@telefsm/testing';

const makers = {
  async grammy() {
    const { fsm, inState, noState, state, states } = await import('@telefsm/grammy');
    const { Bot } = await import('grammy');
    const Form = states('Form', { name: state(), age: state() });
    const bot = new Bot('1:test');
    bot.use(fsm({ states: [Form] }));
    bot.command('start', async (ctx) => {
      ctx.state.set(Form.name);
      await ctx.reply('What is your name?');
    });
    bot.command('cancel', async (ctx) => {
      if (ctx.state.is(noState)) return void (await ctx.reply('There is nothing to cancel.'));
      ctx.state.clear();
      await ctx.reply('Canceled.');
    });
    bot.filter(inState(Form.name)).on('message:text', async (ctx) => {
      ctx.state.set(Form.age, { name: ctx.msg.text });
      await ctx.reply('How old are you?');
    });
    bot.filter(inState(Form.age)).on('message:text', async (ctx) => {
      await ctx.reply(`${ctx.state.data.name} is ${ctx.msg.text}.`);
      ctx.state.clear();
    });
    return bot;
  },
  async telegraf() {
    const { FsmComposer, fsm, noState, state, states } = await import('@telefsm/telegraf');
    const { Telegraf } = await import('telegraf');
    const { message } = await import('telegraf/filters');
    const Form = states('Form', { name: state(), age: state() });
    const bot = new Telegraf('1:test');
    bot.use(fsm({ states: [Form] }));
    bot.command('start', async (ctx) => {
      ctx.fsm.set(Form.name);
      await ctx.reply('What is your name?');
    });
    bot.command('cancel', async (ctx) => {
      if (ctx.fsm.is(noState)) return void (await ctx.reply('There is nothing to cancel.'));
      ctx.fsm.clear();
      await ctx.reply('Canceled.');
    });
    const form = new FsmComposer();
    form.state(Form.name).on(message('text'), async (ctx) => {
      ctx.fsm.set(Form.age, { name: ctx.message.text });
      await ctx.reply('How old are you?');
    });
    form.state(Form.age).on(message('text'), async (ctx) => {
      await ctx.reply(`${ctx.fsm.data.name} is ${ctx.message.text}.`);
      ctx.fsm.clear();
    });
    bot.use(form);
    return bot;
  },
};

const world = telegram(await makers[process.argv[2]]());
const anna = world.user('Anna');
const conversation = [
  ['/cancel', 'There is nothing to cancel.'],
  ['/start', 'What is your name?'],
  ['Anna', 'How old are you?'],
  ['/cancel', 'Canceled.'],
  ['/start', 'What is your name?'],
  ['Anna', 'How old are you?'],
  ['31', 'Anna is 31.'],
];
for (const [text, answer] of conversation) {
  await anna.sends(text);
  assert.equal(anna.last.text, answer);
}
console.log(`ok ${conversation.length}`);
process.exit(0);

/** A grammY bot in a package of ES modules. */

import assert from 'node:assert/strict';
import { FsmError } from '@telefsm/core';
import { fsm, inState, isFsmError, memoryStorage, state, states } from '@telefsm/grammy';
import { Bot } from 'grammy';
import { botInfo, message, startBotApi } from './bot-api.cjs';

const Form = states('Form', { name: state() });
const api = await startBotApi();
const bot = new Bot('1:T', { botInfo, client: { apiRoot: api.address } });
bot.use(fsm({ states: [Form], storage: memoryStorage() }));
bot.command('start', async (ctx) => {
  ctx.state.set(Form.name);
  await ctx.reply('What is your name?');
});
bot.filter(inState(Form.name)).on('message:text', async (ctx) => {
  ctx.state.clear();
  await ctx.reply(`Hello, ${ctx.msg.text}!`);
});
bot.on('message', (ctx) => ctx.reply(`At ${ctx.state.current}.`));

for (const [at, text] of ['/start', 'Ann', 'again'].entries())
  await bot.handleUpdate(message(at + 1, text));
await api.close();
assert.deepEqual(api.texts, ['What is your name?', 'Hello, Ann!', 'At null.']);
assert.ok(isFsmError(new FsmError('BUSY', { key: 'k' }), 'BUSY'));

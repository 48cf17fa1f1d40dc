/** A Telegraf bot in a package of CommonJS modules. */

const assert = require('node:assert/strict');
const { FsmError } = require('@telefsm/core');
const { FsmComposer, fsm, isFsmError, memoryStorage, state, states } = require('@telefsm/telegraf');
const { Telegraf } = require('telegraf');
const { message: has } = require('telegraf/filters');
const { botInfo, message, startBotApi } = require('./bot-api.cjs');

async function main() {
  const Form = states('Form', { name: state() });
  const api = await startBotApi();
  const bot = new Telegraf('1:T', { telegram: { apiRoot: api.address } });
  bot.botInfo = botInfo;
  bot.use(fsm({ states: [Form], storage: memoryStorage() }));
  bot.command('start', async (ctx) => {
    ctx.fsm.set(Form.name);
    await ctx.reply('What is your name?');
  });
  const form = new FsmComposer();
  form.state(Form.name).on(has('text'), async (ctx) => {
    ctx.fsm.clear();
    await ctx.reply(`Hello, ${ctx.message.text}!`);
  });
  bot.use(form);
  bot.on('message', (ctx) => ctx.reply(`At ${ctx.fsm.current}.`));

  for (const [at, text] of ['/start', 'Ann', 'again'].entries())
    await bot.handleUpdate(message(at + 1, text));
  await api.close();
  assert.deepEqual(api.texts, ['What is your name?', 'Hello, Ann!', 'At null.']);
  assert.ok(isFsmError(new FsmError('BUSY', { key: 'k' }), 'BUSY'));
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});

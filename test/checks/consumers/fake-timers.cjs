/** The driver under the fake timers of Node's own test runner, which it also puts into the modules of Node. */

const assert = require('node:assert/strict');
const { mock } = require('node:test');
const { Bot } = require('grammy');

async function main(telegram) {
  const apis = ['setImmediate', 'setTimeout', 'setInterval'];
  for (const via of ['process', 'polling', 'webhook']) {
    const bot = new Bot('1:T');
    bot.on('message', (ctx) => ctx.reply('Hello.'));
    const world = telegram(bot, { via });
    const ann = world.user('Ann');
    mock.timers.enable({ apis });
    await ann.sends('hi');
    ann.sees('Hello.');
    mock.timers.reset();
    await world.stop();
  }
  const bot = new Bot('1:T');
  bot.on('message', () => new Promise(() => {}));
  const ann = telegram(bot, { patience: 1 }).user('Ann');
  mock.timers.enable({ apis });
  await assert.rejects(ann.sends('hi'), /The bot still handles update/);
}

/** Without a result the program ends early: nothing is left to do for Node. */
process.exitCode = 13;
const loaded =
  process.argv[2] === 'import' ? import('@telefsm/testing') : require('@telefsm/testing');
Promise.resolve(loaded)
  .then(({ telegram }) => main(telegram))
  .then(
    () => {
      process.exitCode = 0;
    },
    (error) => console.error(error),
  );

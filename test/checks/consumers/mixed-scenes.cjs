/** What a CommonJS module of a bot of ES modules has: other copies of the packages make it. */

const { flow, html, scene } = require('@telefsm/grammy');
const { Scenes } = require('@telefsm/grammy/scenes');
const { telegram } = require('@telefsm/testing');

exports.telegram = telegram;
exports.greeting = html`<b>Hello</b>`;
exports.order = flow('order', { trigger: '/order' })
  .ask('product', { prompt: 'What?', choices: ['Tea', 'Cake'] })
  .done(({ product }) => html`One <b>${product}</b>.`);
exports.room = scene('room').on({
  enter: ({ reply }) => reply('In the room.'),
  handle: ({ leave }) => leave(),
});
exports.hall = new Scenes.BaseScene('hall');
exports.hall.enter((ctx) => ctx.reply('In the hall.'));
exports.hall.on('message', (ctx) => ctx.scene.enter('wizard'));
exports.wizard = new Scenes.WizardScene(
  'wizard',
  async (ctx) => {
    await ctx.reply('One.');
    ctx.wizard.next();
  },
  async (ctx) => {
    await ctx.reply('Two.');
    await ctx.scene.leave();
  },
);

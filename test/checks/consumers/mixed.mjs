/** A grammY bot of ES modules with scenes, flows and texts of CommonJS modules, and tests of both kinds in one process. */

import assert from 'node:assert/strict';
import { fsm, html } from '@telefsm/grammy';
import { Stage, session } from '@telefsm/grammy/scenes';
import { telegram } from '@telefsm/testing';
import { Api, Bot } from 'grammy';
import common from './mixed-scenes.cjs';

function makeBot() {
  const bot = new Bot('1:T');
  const stage = new Stage([common.hall, common.wizard, common.order, common.room]);
  bot.use(session({ stage }));
  bot.use(stage);
  bot.command('hall', (ctx) => ctx.scene.enter('hall'));
  bot.command('room', (ctx) => ctx.scene.enter('room'));
  bot.command('hello', async (ctx) => {
    const { text, parse_mode } = html`${common.greeting}, ${'<Ann>'}`;
    await new Api(bot.token).sendMessage(ctx.chat.id, text, { parse_mode });
  });
  return bot;
}

async function play(drive, options) {
  const world = drive(makeBot(), options);
  const ann = world.user('Ann');
  for (const line of ['/hall', 'a', 'b', '/room', 'c', '/order']) await ann.sends(line);
  await ann.taps('Tea');
  await ann.sends('/hello');
  await world.stop?.();
  return world.calls
    .filter(({ method }) => method === 'sendMessage')
    .map(({ payload }) => payload.text);
}

const texts = [
  'In the hall.',
  'One.',
  'Two.',
  'In the room.',
  'What?',
  'One <b>Tea</b>.',
  '<b>Hello</b>, &lt;Ann&gt;',
];
// One copy of the driver after the other, as Jest loads one for each test file. Both bots have the same token.
for (const drive of [common.telegram, telegram])
  for (const via of ['process', 'polling', 'webhook'])
    assert.deepEqual(await play(drive, { via }), texts, `by ${via}`);

const bot = new Bot('2:T');
bot.use(fsm({ states: [common.order, common.room] }));
bot.command('room', (ctx) => ctx.state.enter(common.room));
const ben = telegram(bot).user('Ben');
await ben.sends('/room');
ben.sees('In the room.');

/** A flow with a button, an invalid answer and a canceled attempt, on the framework that is named as an argument. */

import assert from 'node:assert/strict';
import { telegram } from '@telefsm/testing';

const framework = process.argv[2];
const { flow, fsm, invalid } = await import(`@telefsm/${framework}`);
const { Bot, Telegraf } = await import(framework);
const order = flow('order', { trigger: '/order' })
  .ask('product', { prompt: 'What?', choices: ['Tea', 'Cake'] })
  .ask('count', {
    prompt: 'How many?',
    validate: (text) => (/^\d+$/.test(text) ? Number(text) : invalid('A number, please.')),
  })
  .done(({ product, count }) => `${count} × ${product}`);
const bot = framework === 'grammy' ? new Bot('1:test') : new Telegraf('1:test');
bot.use(fsm({ states: [order] }));

const world = telegram(bot);
const anna = world.user('Anna');
await anna.sends('/order');
anna.sees('What?');
await anna.taps('Tea');
anna.sees('How many?');
await anna.sends('several');
anna.sees('A number, please.');
await anna.sends('/cancel');
await anna.sends('/order');
anna.sees('What?');
await anna.taps('Cake');
await anna.sends('2');
anna.sees('2 × Cake');
assert.ok(world.transcript().includes('2 × Cake'));
console.log('ok 6');
process.exit(0);

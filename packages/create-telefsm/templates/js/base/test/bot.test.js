import { test } from 'node:test';
import { telegram } from '@telefsm/testing';
import { createBot } from '../src/bot.js';

test('a sign-up asks for the name and the plan', async (t) => {
  const { bot, machine } = createBot('1:test');
  machine.start(bot);
  t.after(() => machine.stop());
  const anna = telegram(bot).user('Anna');

  await anna.sends('/start');
  anna.sees('What is your name?');
  await anna.sends('Anna');
  anna.sees('Which plan, Anna?');
  await anna.taps('Pro');
  anna.sees('Welcome, Anna! Your plan: Pro.');
});

test('/help names the commands', async () => {
  const { bot } = createBot('1:test');
  const anna = telegram(bot).user('Anna');

  await anna.sends('/help');
  anna.sees(/\/start/);
});

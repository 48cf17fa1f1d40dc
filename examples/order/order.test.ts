import { telegram, virtualClock } from '@telefsm/testing';
import { Bot } from 'grammy';
import { Telegraf } from 'telegraf';
import { it } from 'vitest';
import * as onGrammy from './grammy.ts';
import * as onTelegraf from './telegraf.ts';

const clock = virtualClock();

function grammyBot() {
  const bot = new Bot<onGrammy.MyContext>('1:test');
  onGrammy.setUp(bot, { clock }).start(bot);
  return bot;
}

function telegrafBot() {
  const bot = new Telegraf<onTelegraf.MyContext>('1:test');
  onTelegraf.setUp(bot, { clock }).start(bot);
  return bot;
}

it.each([
  ['grammY', grammyBot],
  ['Telegraf', telegrafBot],
])('takes an order, and goes back to correct it, on %s', async (_, makeBot) => {
  const world = telegram(makeBot(), { clock });
  const anna = world.user('Anna');
  await anna.sends('/order');
  await anna.taps('📱 Phone');
  await anna.sends('eleven');
  anna.sees('Please enter a number between 1 and 10.');
  await anna.sends('2');
  await anna.sends('/back');
  await anna.sends('3');
  await anna.sends('Main street 1, 12345 Town');
  anna.sees(/3 × phone to Main street 1/);
  await anna.taps('✅ Confirm');
  anna.sees('✅ Order placed!');
});

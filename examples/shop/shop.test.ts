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
])('is bought from in one message, on %s', async (_, makeBot) => {
  const world = telegram(makeBot(), { clock });
  const anna = world.user('Anna');
  await anna.sends('/start');
  await anna.taps('🍵 Tea');
  await anna.taps('»');
  await anna.taps('tea no. 7, 9 €');
  await anna.taps('+');
  await anna.taps('Add to cart');
  await anna.taps('« Menu');
  anna.sees('Welcome! In your cart: 18 €');
  await anna.taps('🛒 Cart');
  await anna.taps('Checkout');
  await anna.sends('Main street 1');
  await anna.taps('Yes');
  anna.sees('Order 1 is on its way.');
});

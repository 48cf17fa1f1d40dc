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
])('registers a user, with a check of the age, on %s', async (_, makeBot) => {
  const world = telegram(makeBot(), { clock });
  const anna = world.user('Anna');
  await anna.sends('/start');
  anna.sees('What is your name? (/skip to stay anonymous)');
  await anna.sends('Anna');
  await anna.sends('twelve');
  anna.sees('Please send your age as a number.');
  await anna.sends('30');
  await anna.sends('Lisbon');
  await anna.taps('Yes');
  anna.sees('Thank you, Anna, you are registered.');
});

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
])('fills a cart over three nodes, on %s', async (_, makeBot) => {
  const world = telegram(makeBot(), { clock });
  const anna = world.user('Anna');
  await anna.sends('hi');
  anna.sees('Hello, Anna! Are you hungry?');
  await anna.sends('Yes');
  await anna.sends('Soup');
  await anna.sends('Bread');
  anna.sees('What would you like? In your cart: Soup, Bread. (Finish, Cancel)');
  await anna.sends('Finish');
  anna.sees('Ordered!');
});

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
])('answers messages as one, and stops on /stop, on %s', async (_, makeBot) => {
  const world = telegram(makeBot(), { clock });
  const anna = world.user('Anna');
  await anna.sends('hello');
  anna.sees('Ask me anything.');
  await anna.sends('What is');
  await anna.sends('the weather');
  await clock.advance('3s');
  anna.sees('You said: What is\nthe weather');
  await anna.sends('never mind');
  await anna.sends('/stop');
  anna.sees('Stopped.');
});

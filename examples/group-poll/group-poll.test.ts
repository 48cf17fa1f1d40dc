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
])('counts the votes of a whole group, on %s', async (_, makeBot) => {
  const world = telegram(makeBot(), { clock });
  const anna = world.user('Anna');
  const ben = world.user('Ben');
  const group = world.group('Friends', [anna, ben]);
  await anna.in(group).sends('/poll Pizza?');
  await Promise.all([anna.in(group).taps('Yes'), ben.in(group).taps('No')]);
  await ben.in(group).sends('/close');
  ben.in(group).sees('Result: Pizza? Yes: 1, no: 1.');
});

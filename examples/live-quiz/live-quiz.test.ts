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
])('counts each answer once, and ends by itself, on %s', async (_, makeBot) => {
  const world = telegram(makeBot(), { clock });
  const [anna, ben] = [world.user('Anna'), world.user('Ben')];
  const friends = world.group('Friends', [anna, ben]);
  await anna.in(friends).sends('/quiz');
  await Promise.all([anna.in(friends).taps('42'), ben.in(friends).taps('42')]);
  await ben.in(friends).taps('42');
  anna.in(friends).sees(/answers: 2/);
  await clock.advance('21s');
  await clock.advance('21s');
  anna.in(friends).sees('The end.\nAnna: 1\nBen: 1');
});

import { telegram, virtualClock } from '@telefsm/testing';
import { Bot } from 'grammy';
import { Telegraf } from 'telegraf';
import { expect, it } from 'vitest';
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
])('takes a time once, though two people ask for it, on %s', async (_, makeBot) => {
  const world = telegram(makeBot(), { clock });
  const [anna, ben] = [world.user('Anna'), world.user('Ben')];
  for (const each of [anna, ben]) {
    await each.sends('/book');
    await each.taps('12');
    await each.taps('○ 11:00');
  }
  await anna.taps('Book 11:00');
  await ben.taps('Book 11:00');
  await ben.taps('○ 10:00');
  await ben.taps('Book 10:00');
  expect(world.transcript().match(/See you on .+ at 11:00/g)).toHaveLength(1);
});

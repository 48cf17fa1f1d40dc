import { album, photo, telegram, virtualClock } from '@telefsm/testing';
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
])('takes a ticket with two screenshots, on %s', async (_, makeBot) => {
  const world = telegram(makeBot(), { clock });
  const anna = world.user('Anna');
  await anna.sends('/support');
  await anna.taps('🐞 A bug');
  await anna.sends('It crashes.');
  await anna.sends(album(photo(), photo()));
  await clock.advance('3s'); // an album has no end of its own
  anna.sees('bug: It crashes. (2 screenshots). Send it?');
  await anna.taps('Yes');
  anna.sees('Your ticket about "bug" has been sent.');
});

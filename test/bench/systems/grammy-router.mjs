/** grammY's session and `@grammyjs/router`. */

import { Router } from '@grammyjs/router';
import { grammyBot, running } from '../workload/grammy-bot.mjs';
import { bump, confirmText, doneText, parseAge, texts } from '../workload/programs.mjs';
import { sessionOver } from './grammy-session.mjs';

export async function create(options) {
  const bot = grammyBot(options);
  const redis = options.storage === 'redis' ? options.redis() : undefined;
  bot.use(sessionOver(redis, options.prefix));
  const router = new Router((ctx) => ctx.session.step);
  if (options.program === 'form') addForm(bot, router);
  else if (options.program === 'dispatch') {
    bot.command('begin', (ctx) => {
      ctx.session.step = `s${options.n - 1}`;
      return ctx.reply('begun');
    });
    for (let at = 0; at < options.n; at++) router.route(`s${at}`, (ctx) => ctx.reply(`s${at}`));
  } else {
    bot.command('begin', (ctx) => {
      ctx.session = { step: 'counter', n: 0 };
      return ctx.reply('begun');
    });
    router.route('counter').on('message:text', async (ctx) => {
      if (ctx.msg.text === 'read') return void (await ctx.reply(`n=${ctx.session.n}`));
      await bump(ctx.session, options);
      await ctx.reply('inc');
    });
  }
  bot.use(router);
  return running(bot, () => redis?.disconnect());
}

function addForm(bot, router) {
  bot.command('form', async (ctx) => {
    ctx.session = { step: 'name', answers: {} };
    await ctx.reply(texts.name);
  });
  const step = (name, then, question) =>
    router.route(name).on('message:text', async (ctx) => {
      ctx.session.answers[name] = ctx.msg.text;
      ctx.session.step = then;
      await ctx.reply(question(ctx.session.answers));
    });
  step('name', 'age', () => texts.age);
  router.route('age').on('message:text', async (ctx) => {
    const age = parseAge(ctx.msg.text);
    if (age === undefined) return void (await ctx.reply(texts.badAge));
    ctx.session.answers.age = age;
    ctx.session.step = 'city';
    await ctx.reply(texts.city);
  });
  step('city', 'email', () => texts.email);
  step('email', 'confirm', confirmText);
  router.route('confirm').on('message:text', async (ctx) => {
    await ctx.reply(ctx.msg.text === 'yes' ? doneText(ctx.session.answers) : 'Canceled');
    ctx.session = {};
  });
}

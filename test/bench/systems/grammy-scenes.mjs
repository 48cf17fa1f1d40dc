/** `grammy-scenes` over grammY's session. */

import { Scene, ScenesComposer } from 'grammy-scenes';
import { grammyBot, running } from '../workload/grammy-bot.mjs';
import { bump, confirmText, doneText, parseAge, texts } from '../workload/programs.mjs';
import { sessionOver } from './grammy-session.mjs';

export async function create(options) {
  const bot = grammyBot(options);
  const redis = options.storage === 'redis' ? options.redis() : undefined;
  bot.use(sessionOver(redis, options.prefix));
  const scenes = new ScenesComposer();
  const { first, command } = programs[options.program](scenes, options);
  bot.use(scenes.manager());
  bot.command(command, (ctx) => ctx.scenes.enter(first));
  bot.use(scenes);
  return running(bot, () => redis?.disconnect());
}

const programs = {
  form(scenes) {
    scenes.scene(formScene());
    return { first: 'form', command: 'form' };
  },
  dispatch(scenes, { n }) {
    for (let at = 0; at < n; at++) {
      const scene = new Scene(`s${at}`);
      scene.step((ctx) => ctx.reply('begun'));
      scene.wait('text').on('message:text', (ctx) => ctx.reply(`s${at}`));
      scenes.scene(scene);
    }
    return { first: `s${n - 1}`, command: 'begin' };
  },
  race(scenes, options) {
    const scene = new Scene('counter');
    scene.step((ctx) => {
      ctx.scene.session = { n: 0 };
      return ctx.reply('begun');
    });
    scene.wait('text').on('message:text', async (ctx) => {
      if (ctx.msg.text === 'read') return void (await ctx.reply(`n=${ctx.scene.session.n}`));
      await bump(ctx.scene.session, options);
      await ctx.reply('inc');
    });
    scenes.scene(scene);
    return { first: 'counter', command: 'begin' };
  },
};

function formScene() {
  const scene = new Scene('form');
  const ask = (name, question) => {
    scene.step((ctx) => ctx.reply(question));
    scene.wait(name).on('message:text', async (ctx) => {
      ctx.scene.session[name] = ctx.msg.text;
      ctx.scene.resume();
    });
  };
  scene.step((ctx) => {
    ctx.scene.session = {};
  });
  ask('name', texts.name);
  scene.step((ctx) => ctx.reply(texts.age));
  scene.wait('age').on('message:text', async (ctx) => {
    const age = parseAge(ctx.msg.text);
    if (age === undefined) return void (await ctx.reply(texts.badAge));
    ctx.scene.session.age = age;
    ctx.scene.resume();
  });
  ask('city', texts.city);
  ask('email', texts.email);
  scene.step((ctx) => ctx.reply(confirmText(ctx.scene.session)));
  scene.wait('confirm').on('message:text', async (ctx) => {
    await ctx.reply(ctx.msg.text === 'yes' ? doneText(ctx.scene.session) : 'Canceled');
    ctx.scene.exit();
  });
  return scene;
}

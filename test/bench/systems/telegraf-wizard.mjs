/** A WizardScene for the form, BaseScenes for the rest: of Telegraf, or of telefsm with one import changed. */

import * as telegraf from 'telegraf';
import { bump, confirmText, doneText, parseAge, texts } from '../workload/programs.mjs';
import { running, telegrafBot } from '../workload/telegraf-bot.mjs';
import { telefsmStorage } from './telefsm-storage.mjs';
import { redisStore } from './telegraf-session.mjs';

export async function create(options) {
  const bot = telegrafBot(options);
  const { Scenes, session, close } = await modules[options.variant](options);
  bot.use(session);
  const { scenes, first, command } = programs[options.program](options, Scenes);
  bot.use(new Scenes.Stage(scenes).middleware());
  bot.command(command, (ctx) => ctx.scene.enter(first));
  return running(bot, close);
}

const modules = {
  async telegraf({ storage, redis, prefix }) {
    const client = storage === 'redis' ? redis() : undefined;
    const session = telegraf.session(client && { store: redisStore(client, prefix) });
    return { Scenes: telegraf.Scenes, session, close: () => client?.disconnect() };
  },
  async telefsm(options) {
    const { Scenes, session } = await import('@telefsm/telegraf/scenes');
    const { storage, close } = await telefsmStorage(options);
    return { Scenes, session: session({ storage }), close };
  },
};

const programs = {
  form: (_, Scenes) => ({ scenes: [formWizard(Scenes)], first: 'form', command: 'form' }),
  dispatch: ({ n }, Scenes) => ({
    scenes: Array.from({ length: n }, (_, at) => {
      const scene = new Scenes.BaseScene(`s${at}`);
      scene.enter((ctx) => ctx.reply('begun'));
      scene.on('text', (ctx) => ctx.reply(`s${at}`));
      return scene;
    }),
    first: `s${n - 1}`,
    command: 'begin',
  }),
  race(options, Scenes) {
    const scene = new Scenes.BaseScene('counter');
    scene.enter((ctx) => {
      ctx.scene.state.n = 0;
      return ctx.reply('begun');
    });
    scene.hears('read', (ctx) => ctx.reply(`n=${ctx.scene.state.n}`));
    scene.on('text', async (ctx) => {
      await bump(ctx.scene.state, options);
      await ctx.reply('inc');
    });
    return { scenes: [scene], first: 'counter', command: 'begin' };
  },
};

function formWizard(Scenes) {
  const take = (name, question) => async (ctx) => {
    ctx.wizard.state[name] = ctx.message.text;
    await ctx.reply(question(ctx.wizard.state));
    return ctx.wizard.next();
  };
  return new Scenes.WizardScene(
    'form',
    async (ctx) => {
      await ctx.reply(texts.name);
      return ctx.wizard.next();
    },
    take('name', () => texts.age),
    async (ctx) => {
      const age = parseAge(ctx.message.text);
      if (age === undefined) return void (await ctx.reply(texts.badAge));
      ctx.wizard.state.age = age;
      await ctx.reply(texts.city);
      return ctx.wizard.next();
    },
    take('city', () => texts.email),
    take('email', confirmText),
    async (ctx) => {
      await ctx.reply(ctx.message.text === 'yes' ? doneText(ctx.wizard.state) : 'Canceled');
      return ctx.scene.leave();
    },
  );
}

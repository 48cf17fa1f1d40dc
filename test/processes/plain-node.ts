/** The conversations that `plain-node.mjs` runs: one prints its transcript, another never ends. */
import { flow } from '@telefsm/core';
import { type FsmFlavor, fsm } from '@telefsm/grammy';
import { sqliteStorage } from '@telefsm/storage-sqlite';
import { telegram } from '@telefsm/testing';
import { Bot, type Context } from 'grammy';

export const scenarios = {
  async hang(patience: string): Promise<void> {
    const bot = new Bot('1:T');
    bot.on('message', () => new Promise(() => {}));
    await telegram(bot, { patience: Number(patience) })
      .user('Anna')
      .sends('hang');
  },

  async talk(patience: string): Promise<void> {
    const bot = new Bot('1:T');
    bot.on('message:text', (ctx) => ctx.reply(ctx.msg.text));
    const world = telegram(bot, { patience: Number(patience) });
    await world.user('Anna').sends('hi');
    console.log(world.transcript());
  },

  async ask(file: string, text: string): Promise<void> {
    const name = flow('name', { trigger: '/name' })
      .ask('name', { prompt: 'Your name?' })
      .done((answers) => `Hello, ${answers.name}!`);
    const storage = await sqliteStorage(file);
    const bot = new Bot<FsmFlavor<Context>>('1:T');
    const machine = fsm({ states: [name], storage });
    bot.use(machine);
    const world = telegram(bot);
    await world.user('Anna').sends(text);
    console.log(world.transcript());
    await machine.stop();
    await storage.close?.();
  },
};

/** The quiz bot on Telegraf. */

import { type FsmFlavor, fsm } from '@telefsm/telegraf';
import type { Context } from 'telegraf';
import type { BotOptions, ExampleBot } from '../lib/example.ts';
import { given } from '../lib/given.ts';
import { newBot, running } from '../lib/telegraf.ts';
import { quiz } from './quiz.ts';

const app = [quiz] as const;

export function makeBot(options: BotOptions): ExampleBot {
  const bot = newBot<FsmFlavor<Context, typeof app>>(options);
  const machine = fsm({ states: app, ...given(options) });
  bot.use(machine);
  bot.on('message', (ctx) => ctx.reply('Send /quiz.'));
  return running(bot, machine);
}

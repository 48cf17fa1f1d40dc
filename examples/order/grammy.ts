/** The order bot on grammY. */

import { type FsmFlavor, fsm } from '@telefsm/grammy';
import type { Context } from 'grammy';
import type { BotOptions, ExampleBot } from '../lib/example.ts';
import { given } from '../lib/given.ts';
import { newBot, running } from '../lib/grammy.ts';
import { order } from './order.ts';

const app = [order] as const;

export function makeBot(options: BotOptions): ExampleBot {
  const bot = newBot<FsmFlavor<Context, typeof app>>(options);
  const machine = fsm({ states: app, ...given(options) });
  bot.use(machine);
  bot.on('message', (ctx) => ctx.reply('Send /order.'));
  return running(bot, machine);
}

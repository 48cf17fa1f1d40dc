/** The trader on grammY: a tree of commands as the scene of every user. */

import { type FsmFlavor, fsm } from '@telefsm/grammy';
import type { Context } from 'grammy';
import type { BotOptions, ExampleBot } from '../lib/example.ts';
import { given } from '../lib/given.ts';
import { newBot, running } from '../lib/grammy.ts';
import { trader } from './trader.ts';

const app = [trader] as const;

export function makeBot(options: BotOptions): ExampleBot {
  const bot = newBot<FsmFlavor<Context, typeof app>>(options);
  const machine = fsm({
    states: app,
    initial: trader,
    services: { broker: { buy: async () => {} } },
    ...given(options),
  });
  bot.use(machine);
  return running(bot, machine);
}

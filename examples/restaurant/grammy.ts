/** The restaurant on grammY: a machine of nodes with a start for users it does not know. */

import { type FsmFlavor, fsm } from '@telefsm/grammy';
import type { Context } from 'grammy';
import type { BotOptions, ExampleBot } from '../lib/example.ts';
import { given } from '../lib/given.ts';
import { newBot, running } from '../lib/grammy.ts';
import { Hold } from './hold.ts';
import { Hungry } from './hungry.ts';
import type { Kitchen } from './services.ts';
import { Start } from './start.ts';

const app = [Start, Hungry, Hold] as const;
const kitchen: Kitchen = { order: async () => {} };

export function makeBot(options: BotOptions): ExampleBot {
  const bot = newBot<FsmFlavor<Context, typeof app>>(options);
  const machine = fsm({
    states: app,
    services: { kitchen },
    initial: [Start, () => ({ params: { first: true } })],
    ...given(options),
  });
  bot.use(machine);
  return running(bot, machine);
}

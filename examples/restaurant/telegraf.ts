/** The restaurant on Telegraf: a machine of nodes with a start for users it does not know. */

import { type Clock, type FsmFlavor, type FsmStorage, fsm } from '@telefsm/telegraf';
import type { Context, Telegraf } from 'telegraf';
import { Hold } from './hold.ts';
import { Hungry } from './hungry.ts';
import type { Kitchen } from './services.ts';
import { Start } from './start.ts';

const app = [Start, Hungry, Hold] as const;
const kitchen: Kitchen = { order: async () => {} };

/** The context of this bot's handlers. */
export type MyContext = FsmFlavor<Context, typeof app>;

/** Adds the conversation to a bot; a test passes its clock, a bot on several processes a shared storage. */
export function setUp(
  bot: Telegraf<MyContext>,
  options: { readonly storage?: FsmStorage; readonly clock?: Clock } = {},
) {
  const machine = fsm({
    states: app,
    services: { kitchen },
    initial: [Start, () => ({ params: { first: true } })],
    ...options,
  });
  bot.use(machine);
  return machine;
}

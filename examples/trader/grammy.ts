/** The trader on grammY: a tree of commands as the scene of every user. */

import { type Clock, type FsmFlavor, type FsmStorage, fsm } from '@telefsm/grammy';
import type { Bot, Context } from 'grammy';
import { trader } from './trader.ts';

const app = [trader] as const;

/** The context of this bot's handlers. */
export type MyContext = FsmFlavor<Context, typeof app>;

/** Adds the conversation to a bot; a test passes its clock, a bot on several processes a shared storage. */
export function setUp(
  bot: Bot<MyContext>,
  options: { readonly storage?: FsmStorage; readonly clock?: Clock } = {},
) {
  const machine = fsm({
    states: app,
    initial: trader,
    services: { broker: { buy: async () => {} } },
    ...options,
  });
  bot.use(machine);
  return machine;
}

/** The quiz bot on Telegraf. */

import { type Clock, type FsmFlavor, type FsmStorage, fsm } from '@telefsm/telegraf';
import type { Context, Telegraf } from 'telegraf';
import { quiz } from './quiz.ts';

const app = [quiz] as const;

/** The context of this bot's handlers. */
export type MyContext = FsmFlavor<Context, typeof app>;

/** Adds the conversation to a bot; a test passes its clock, a bot on several processes a shared storage. */
export function setUp(
  bot: Telegraf<MyContext>,
  options: { readonly storage?: FsmStorage; readonly clock?: Clock } = {},
) {
  const machine = fsm({ states: app, ...options });
  bot.use(machine);
  bot.on('message', (ctx) => ctx.reply('Send /quiz.'));
  return machine;
}

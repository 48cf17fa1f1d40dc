/** The assistant on Telegraf. */

import { type Clock, type FsmFlavor, type FsmStorage, fsm, interruptBy } from '@telefsm/telegraf';
import type { Context, Telegraf } from 'telegraf';
import { Approval, Assistant, type Desk, trader } from './assistant.ts';
import { mockModel } from './model.ts';

const app = [Assistant, Approval, trader] as const;

/** The context of this bot's handlers. */
export type MyContext = FsmFlavor<Context, typeof app>;

/** Adds the conversation to a bot; a test passes its clock, a bot on several processes a shared storage. */
export function setUp(
  bot: Telegraf<MyContext>,
  options: { readonly storage?: FsmStorage; readonly clock?: Clock } = {},
) {
  const desk: Desk = { model: mockModel() };
  const machine = fsm({
    states: app,
    initial: Assistant,
    services: desk,
    waiting: { burst: '1s', interrupt: interruptBy(['stop']) },
    log: { last: 40 },
    ...options,
  });
  bot.use(machine);
  bot.command('operator', (ctx) => {
    desk.operator = ctx.chat.id;
    return ctx.reply('You are the operator now.');
  });
  bot.command('stop', (ctx) => ctx.reply('Stopped.'));
  return machine;
}

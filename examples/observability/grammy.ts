/** The bot on grammY. */

import type { Tracer } from '@opentelemetry/api';
import { type Clock, type FsmFlavor, type FsmStorage, fsm } from '@telefsm/grammy';
import type { Bot, Context } from 'grammy';
import { table, texts } from './table.ts';
import { traceUpdates } from './traces.ts';

const app = [table] as const;

/** The context of this bot's handlers. */
export type MyContext = FsmFlavor<Context, typeof app>;

/** Adds the conversation to a bot, with a span for each update. */
export function setUp(
  bot: Bot<MyContext>,
  tracer: Tracer,
  options: { readonly storage?: FsmStorage; readonly clock?: Clock } = {},
) {
  bot.use(traceUpdates(tracer));
  const machine = fsm({ states: app, ...options });
  bot.use(machine);
  bot.on('message', (ctx) => ctx.reply(texts.howTo));
  return machine;
}

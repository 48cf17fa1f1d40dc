/** The live quiz bot on grammY. */

import { type Clock, type FsmFlavor, type FsmStorage, fsm } from '@telefsm/grammy';
import type { Bot, Context } from 'grammy';
import { LiveQuiz, start } from './live-quiz.ts';

const app = [LiveQuiz] as const;

/** The context of this bot's handlers. */
export type MyContext = FsmFlavor<Context, typeof app>;

/** Adds the conversation to a bot; a test passes its clock, a bot on several processes a shared storage. */
export function setUp(
  bot: Bot<MyContext>,
  options: { readonly storage?: FsmStorage; readonly clock?: Clock } = {},
) {
  const machine = fsm({ states: app, strategy: 'chat', ...options });
  bot.use(machine);
  bot.command('quiz', (ctx) => ctx.state.enter(LiveQuiz, start));
  return machine;
}

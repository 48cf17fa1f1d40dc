/** The text of /help, from the commands that a bot shows in its menu. */

import type { BotCommand } from './behavior.ts';

/**
 * Writes the text of /help: a line for each command, with its description. A command that is listed twice keeps its first line.
 *
 * @param commands - those of `machine.botCommands()`, and the bot's own beside them
 *
 * @example
 * ```ts
 * import { flow, fsm, helpText, type FsmFlavor } from '@telefsm/grammy';
 * import { Bot, type Context } from 'grammy';
 *
 * const order = flow('order', { trigger: '/order', description: 'Place an order' })
 *   .ask('product', { prompt: 'What?' })
 *   .done(() => 'Ordered.');
 *
 * const bot = new Bot<FsmFlavor<Context>>('12345:token');
 * const machine = fsm({ states: [order] });
 * bot.use(machine);
 * const commands = [...machine.botCommands(), { command: 'help', description: 'Show this help' }];
 * bot.command('help', (ctx) => ctx.reply(helpText(commands)));
 * ```
 */
export function helpText(commands: readonly BotCommand[]): string {
  const lines = new Map<string, string>();
  for (const { command, description } of commands) {
    if (!lines.has(command)) lines.set(command, `/${command} - ${description}`);
  }
  return [...lines.values()].join('\n');
}

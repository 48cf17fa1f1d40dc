/** How examples make and run a grammY bot. */

import { Bot, type Context } from 'grammy';
import type { BotOptions, ExampleBot } from './example.ts';

/** A bot that talks to Telegram, or to the server that was given. */
export function newBot<C extends Context>({ token, apiRoot }: BotOptions): Bot<C> {
  return new Bot<C>(token, apiRoot === undefined ? {} : { client: { apiRoot } });
}

/** A bot with its machine, ready to run. */
export function running<C extends Context>(
  bot: Bot<C>,
  machine: ExampleBot['machine'] & { start(bot: Bot<C>): unknown },
): ExampleBot {
  return {
    bot,
    machine,
    watch: () => void machine.start(bot),
    run: () => {
      machine.start(bot);
      return bot.start();
    },
    stop: async () => {
      await bot.stop();
      await machine.stop();
    },
  };
}

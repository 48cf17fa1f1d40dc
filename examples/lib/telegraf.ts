/** How examples make and run a Telegraf bot. */

import { type Context, Telegraf } from 'telegraf';
import type { BotOptions, ExampleBot } from './example.ts';

/** A bot that talks to Telegram, or to the server that was given. */
export function newBot<C extends Context>({ token, apiRoot }: BotOptions): Telegraf<C> {
  return new Telegraf<C>(token, apiRoot === undefined ? {} : { telegram: { apiRoot } });
}

/** A bot with its machine, ready to run. */
export function running<C extends Context>(
  bot: Telegraf<C>,
  machine: ExampleBot['machine'] & { start(bot: Telegraf<C>): unknown },
): ExampleBot {
  return {
    bot,
    machine,
    watch: () => void machine.start(bot),
    run: () => {
      machine.start(bot);
      return bot.launch();
    },
    stop: async () => {
      bot.stop();
      await machine.stop();
    },
  };
}

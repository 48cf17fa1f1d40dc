/** How the runner makes and runs the Telegraf bot of an example. */

import { type Context, Telegraf } from 'telegraf';
import type { BotOptions, ExampleBot } from './example.ts';
import { type Given, given } from './given.ts';

type SetUp<C extends Context> = (
  bot: Telegraf<C>,
  options: Given,
) => ExampleBot['machine'] & { start(bot: Telegraf<C>): unknown };

/** Makes the bot of an example, ready to run. */
export function onTelegraf<C extends Context>(
  setUp: SetUp<C>,
): (options: BotOptions) => ExampleBot {
  return (options) => {
    const { token, apiRoot } = options;
    const bot = new Telegraf<C>(token, apiRoot === undefined ? {} : { telegram: { apiRoot } });
    const machine = setUp(bot, given(options));
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
  };
}

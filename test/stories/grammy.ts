/** How the runner makes and runs the grammY bot of an example. */

import { Bot, type Context } from 'grammy';
import type { BotOptions, ExampleBot } from './example.ts';
import { type Given, given } from './given.ts';

type SetUp<C extends Context> = (
  bot: Bot<C>,
  options: Given,
) => ExampleBot['machine'] & { start(bot: Bot<C>): unknown };

/** Makes the bot of an example, ready to run. */
export function onGrammy<C extends Context>(setUp: SetUp<C>): (options: BotOptions) => ExampleBot {
  return (options) => {
    const { token, apiRoot } = options;
    const bot = new Bot<C>(token, apiRoot === undefined ? {} : { client: { apiRoot } });
    const machine = setUp(bot, given(options));
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
  };
}

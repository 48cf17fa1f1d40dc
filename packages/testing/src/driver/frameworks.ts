/** Bots of both frameworks, distinguished by their shape. */
import type { BotPort } from './bot-port.ts';
import { grammyPort, isGrammy } from './grammy-port.ts';
import { isTelegraf, telegrafPort } from './telegraf-port.ts';

/** A grammY `Bot` or a Telegraf `Telegraf`, with or without telefsm inside. */
export interface AnyBot {
  handleUpdate(update: never, ...rest: never[]): Promise<unknown>;
}

/** Takes a bot by its shape. */
export function portOf(bot: AnyBot): BotPort {
  const isBot = typeof bot === 'object' && bot !== null;
  if (isBot && isGrammy(bot)) return grammyPort(bot);
  if (isBot && isTelegraf(bot)) return telegrafPort(bot);
  throw new TypeError(
    'This is neither a grammY Bot nor a Telegraf bot: pass the instance that you made with `new Bot(…)` or `new Telegraf(…)`.',
  );
}

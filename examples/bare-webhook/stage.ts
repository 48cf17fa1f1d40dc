/** A bare bot behind a real web hook, called by a fake Bot API server. */

import type { Clock, FsmStorage } from '@telefsm/core';
import { type BotApiServer, botApiServer } from '@telefsm/testing';
import { serve } from '../lib/serve.ts';
import { makeBareBot } from './bots.ts';

/** What the server sends along, so that the bot knows it is Telegram. */
export const secret = 'only-Telegram-knows-it';

/** A bot of an example, at work. */
export interface Stage {
  readonly server: BotApiServer;
  /** Where the web hook is. */
  readonly url: string;
  readonly machine: ReturnType<typeof makeBareBot>['machine'];
  readonly stop: () => Promise<void>;
}

/** Starts a bot by the name of its example. */
export async function stage(
  name: string,
  options: {
    readonly clock: Clock;
    readonly storage?: FsmStorage;
    readonly onError?: (error: unknown) => void;
  },
): Promise<Stage> {
  const server = await botApiServer({ clock: options.clock });
  const bot = makeBareBot(name, { token: '1:bare', apiRoot: server.url, secret, ...options });
  const hook = await serve(bot.handler);
  bot.machine.start(bot.port);
  await bot.port.call('setWebhook', { url: hook.url, secret_token: secret });
  return {
    server,
    url: hook.url,
    machine: bot.machine,
    async stop() {
      await server.stop();
      await hook.stop();
      await bot.machine.stop();
    },
  };
}

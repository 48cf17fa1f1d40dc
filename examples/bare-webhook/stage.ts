/** A bare bot behind a real webhook, called by a fake Bot API server. */

import type { Clock } from '@telefsm/core';
import type { BotPort, UpdateMachine } from '@telefsm/core/adapter';
import { type BotApiServer, botApiServer } from '@telefsm/testing';
import { serve } from 'srvx';
import type { BareBot, FetchHandler, WebhookOptions } from './adapter.ts';

/** The `secret_token` of `setWebhook`. */
export const secret = 'only-Telegram-has-it';

/** A running bot. */
export interface Stage {
  readonly server: BotApiServer;
  /** The address of the webhook. */
  readonly url: string;
  readonly machine: UpdateMachine;
  readonly stop: () => Promise<void>;
}

/** The parts of the bot that a test chooses. */
export interface StageOptions extends Pick<WebhookOptions, 'onError'> {
  readonly clock: Clock;
}

type MakeBot = (options: BareBot & Pick<WebhookOptions, 'secret'> & StageOptions) => {
  readonly machine: UpdateMachine;
  readonly port: BotPort;
  readonly handler: FetchHandler;
};

/** Starts a bot and registers its webhook. */
export async function stage(makeBot: MakeBot, options: StageOptions): Promise<Stage> {
  const server = await botApiServer({ clock: options.clock });
  const bot = makeBot({ token: '1:bare', apiRoot: server.url, secret, ...options });
  const hook = serve({
    hostname: '127.0.0.1',
    port: 0,
    silent: true,
    gracefulShutdown: false,
    fetch: bot.handler,
  });
  await hook.ready();
  const url = hook.url as string;
  bot.machine.start(bot.port);
  await bot.port.call('setWebhook', { url, secret_token: secret });
  return {
    server,
    url,
    machine: bot.machine,
    async stop() {
      await server.stop();
      await hook.close(true);
      await bot.machine.stop();
    },
  };
}

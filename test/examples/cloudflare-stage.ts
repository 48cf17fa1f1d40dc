/** Cloudflare on this machine: the Worker on workerd, and a fake Telegram that calls it. */

import { type BotApiServer, botApiServer } from '@telefsm/testing';
import { startWorkerd } from '../servers/workerd.ts';

/** The secret token that `setWebhook` gets. */
export const secret = 'only-Telegram-knows-it';

/** A Worker at work. */
export interface Stage {
  readonly telegram: BotApiServer;
  /** Where the Worker is reached. */
  readonly url: string;
  readonly stop: () => Promise<void>;
}

/**
 * Starts the Worker, and gives its address to the fake Telegram.
 *
 * @param keptFor - how long an unfinished order is kept, in seconds
 */
export async function stage(keptFor = 600): Promise<Stage> {
  const telegram = await botApiServer();
  const workerd = await startWorkerd({
    script: new URL('../../examples/cloudflare/worker.ts', import.meta.url),
    variables: {
      BOT_TOKEN: '1:worker',
      WEBHOOK_SECRET: secret,
      API_ROOT: telegram.url,
      KEPT_FOR: `${keptFor}`,
    },
  });
  const [url = ''] = await workerd.urls();
  await fetch(`${telegram.url}/bot1:worker/setWebhook`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ url, secret_token: secret }),
  });
  return {
    telegram,
    url,
    async stop() {
      await telegram.stop();
      await workerd.close();
    },
  };
}

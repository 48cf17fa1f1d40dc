/** One process of the bot: an example behind a web hook of its own, its conversations in the Redis that all processes share. */

import { once } from 'node:events';
import { type Bot, webhookCallback } from 'grammy';
import type { Telegraf } from 'telegraf';
import { setUp as pollOnGrammy } from '../group-poll/grammy.ts';
import { setUp as pollOnTelegraf } from '../group-poll/telegraf.ts';
import type { ExampleBot, Framework } from '../lib/example.ts';
import { onGrammy } from '../lib/grammy.ts';
import { sharedStorage } from '../lib/redis.ts';
import { type FetchHandler, serve } from '../lib/serve.ts';
import { onTelegraf } from '../lib/telegraf.ts';
import { setUp as registrationOnGrammy } from '../registration/grammy.ts';
import { setUp as registrationOnTelegraf } from '../registration/telegraf.ts';

const bots = {
  registration: {
    grammy: onGrammy(registrationOnGrammy),
    telegraf: onTelegraf(registrationOnTelegraf),
  },
  'group-poll': { grammy: onGrammy(pollOnGrammy), telegraf: onTelegraf(pollOnTelegraf) },
} as const;

/** What a process is told when it starts. */
export interface Job {
  readonly example: keyof typeof bots;
  readonly framework: Framework;
  /** The port of Redis. */
  readonly redis: number;
  readonly apiRoot: string;
}

/** What it says when it is ready. */
export interface Ready {
  readonly url: string;
}

/** How each framework takes updates from a web hook. */
const hooks: { readonly [F in Framework]: (bot: ExampleBot['bot']) => FetchHandler } = {
  grammy: (bot) => webhookCallback(bot as Bot, 'std/http'),
  telegraf: (bot) => async (request) => {
    await (bot as Telegraf).handleUpdate(await request.json());
    return new Response();
  },
};

/** Answers updates until the process that has started this one ends. */
export async function work({ example, framework, redis, apiRoot }: Job): Promise<void> {
  const { storage, close } = sharedStorage(redis);
  const { bot, machine, watch } = bots[example][framework]({
    token: '1:two-processes',
    apiRoot,
    storage,
  });
  watch();
  const hook = await serve(hooks[framework](bot));
  process.send?.({ url: hook.url } satisfies Ready);
  await once(process, 'disconnect');
  await hook.stop();
  await machine.stop();
  close();
}

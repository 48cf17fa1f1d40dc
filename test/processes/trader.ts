/** The program of a process that trades: the examples' trader, headless, on a shared Redis. */

import { isCommandError } from '@telefsm/commands';
import { redisStorage } from '@telefsm/storage-redis';
import { Redis } from 'ioredis';
import { trader } from '../../examples/trader/trader.ts';

/** Where Redis listens. */
export interface Job {
  readonly port: number;
}

/** A message from the process: the text that the user would see. */
export type Said = { readonly ready: true } | { readonly said: string };

const { port } = JSON.parse(process.argv[2] as string) as Job;
const client = new Redis(port, { lazyConnect: true });
await client.connect();
const chat = trader.chat('Anna', {
  storage: redisStorage(client),
  services: { broker: { buy: async () => {} } },
});
process.on('message', async (line: string) => {
  const output = await chat.input(line).catch((error: unknown) => {
    if (isCommandError(error)) return error.message;
    throw error;
  });
  process.send?.({ said: output } satisfies Said);
});
process.send?.({ ready: true } satisfies Said);

/** The program of a bot that collects messages and answers them together. */

import { scene, typed } from '@telefsm/core';
import { createMachine } from '@telefsm/core/adapter';
import { updateOf } from './counting-bot.ts';
import { type Address, open } from './engines.ts';

/** The job of a process. */
export interface CollectingJob {
  readonly address: Address;
  /** Ms without a message after which those that have come are answered. */
  readonly quiet: number;
}

/** A message to handle. */
export interface Delivery {
  readonly id: number;
  readonly chat: number;
}

/** A message from a process: it is ready, or has handled a message (`failed` with this error). */
export type CollectingSaid = { readonly ready: true } | (Delivery & { readonly failed?: string });

const job = JSON.parse(process.argv[2] as string) as CollectingJob;
const say = (said: CollectingSaid) => process.send?.(said);

/** Keeps of each turn the messages that it has answered. */
const Chat = scene('chat', { data: typed<{ turns?: readonly (readonly number[])[] }>() }).on({
  async handle({ data, messages, stay }) {
    // the answer takes a while, in which the process may be killed
    await new Promise((resolve) => setTimeout(resolve, 20));
    return stay({ turns: [...(data.turns ?? []), messages.map(({ message_id }) => message_id)] });
  },
});
const { storage } = open(job.address);
const machine = createMachine({
  states: [Chat],
  initial: Chat,
  storage,
  lease: 1000,
  waiting: { burst: job.quiet },
  sweep: { every: '100ms' },
});
const bot = { id: 1, call: async () => ({ message_id: 1 }) };
machine.start(bot);

// a test that failed leaves nobody behind
process.on('disconnect', () => process.exit());
process.on('message', async ({ id, chat }: Delivery) => {
  try {
    await machine.handle(updateOf({ id, chat, text: `message ${id}` }), bot);
    say({ id, chat });
  } catch (error) {
    say({ id, chat, failed: String(error) });
  }
});
say({ ready: true });

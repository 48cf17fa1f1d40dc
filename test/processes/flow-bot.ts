/** The program of a bot with one flow, which can be stopped on its way so that the test kills it there. */

import { appendFileSync } from 'node:fs';
import { flow } from '@telefsm/core';
import { createMachine } from '@telefsm/core/adapter';
import { updateOf } from './counting-bot.ts';
import { type Address, open } from './engines.ts';
import { gatedStorage, type StatementPoint } from './gated-storage.ts';

/** Where it can be stopped. */
export type FlowPoint = StatementPoint | 'in the handler' | 'before the prompt is sent';

/** The job of a process. */
export interface FlowJob {
  readonly address: Address;
  /** The file that takes each text which was said, one a line. */
  readonly log: string;
  /** Ms until the flow ends by itself. */
  readonly timeout: number;
}

/** A message to a process. */
export type FlowTold =
  | { readonly id: number; readonly text: string; readonly stopAt?: FlowPoint }
  /** Fires deadlines. */
  | 'sweep';

/** A message from a process. */
export type FlowSaid =
  | { readonly ready: true }
  | { readonly at: FlowPoint }
  | { readonly handled: number };

const job = JSON.parse(process.argv[2] as string) as FlowJob;
const say = (said: FlowSaid) => process.send?.(said);
let stop: FlowPoint | undefined;
/** Stops for good. */
const stopAt = (point: FlowPoint): Promise<void> | undefined => {
  if (stop !== point) return undefined;
  say({ at: point });
  return new Promise(() => {});
};

const Order = flow('order', { trigger: '/order', timeout: job.timeout })
  .ask('item', { prompt: 'Item?' })
  .ask('count', {
    prompt: 'How many?',
    async validate(text) {
      await stopAt('in the handler');
      return text;
    },
  })
  .ask('city', { prompt: 'City?' })
  .done(({ item, count, city }) => `${count} ${item} to ${city}`, { timedOut: () => 'Too late.' });

const { storage } = open(job.address);
const machine = createMachine({
  states: [Order],
  storage: gatedStorage(storage, stopAt),
  lease: 1000,
  sweep: { every: '100ms' },
});
const bot = {
  id: 1,
  async call(_: string, payload: object) {
    await stopAt('before the prompt is sent');
    appendFileSync(job.log, `${Reflect.get(payload, 'text')}\n`);
    return { message_id: 1 };
  },
};

// a test that failed leaves nobody behind
process.on('disconnect', () => process.exit());
process.on('message', async (told: FlowTold) => {
  if (told === 'sweep') return void machine.start(bot);
  stop = told.stopAt;
  const { id, text } = told;
  await machine.handle(updateOf({ id, chat: 7, text }), bot);
  say({ handled: id });
});
say({ ready: true });

/** Bots of other examples on the bare adapter: the same states, flows, nodes and command trees. */

import type { Turn } from '@telefsm/core';
import { createMachine, inputOf, type UpdateMachine } from '@telefsm/core/adapter';
import { botPort, type WebhookOptions, webhook } from '../../../examples/bare-webhook/adapter.ts';
import { order } from '../../../examples/order/order.ts';
import { quiz } from '../../../examples/quiz/quiz.ts';
import { Form } from '../../../examples/registration/registration.ts';
import { Hold } from '../../../examples/restaurant/hold.ts';
import { Hungry } from '../../../examples/restaurant/hungry.ts';
import { Start } from '../../../examples/restaurant/start.ts';
import { support } from '../../../examples/support/support.ts';
import { trader } from '../../../examples/trader/trader.ts';
import type { BotOptions } from '../example.ts';
import { given } from '../given.ts';
import { registration } from './registration.ts';

/** A machine, and what handles the updates that no scene takes. */
interface Bare {
  readonly machine: UpdateMachine;
  readonly rest?: NonNullable<WebhookOptions['rest']>;
}

/** How its web hook is guarded. */
export type Guard = Omit<WebhookOptions, 'rest'>;

/** Bots by the name of their example. */
export const bots: { readonly [name: string]: (options: BotOptions) => Bare } = {
  registration: (options) => ({
    machine: createMachine({ states: [Form], ...given(options) }),
    rest: registration,
  }),
  order: (options) => ({
    machine: createMachine({ states: [order], ...given(options) }),
    rest: hint('Send /order.'),
  }),
  quiz: (options) => ({
    machine: createMachine({ states: [quiz], ...given(options) }),
    rest: hint('Send /quiz.'),
  }),
  support: (options) => ({
    machine: createMachine({ states: [support], ...given(options) }),
    rest: hint('Send /support.'),
  }),
  restaurant: (options) => ({
    machine: createMachine({
      states: [Start, Hungry, Hold],
      services: { kitchen: { order: async () => {} } },
      initial: [Start, () => ({ params: { first: true } })],
      ...given(options),
    }),
  }),
  trader: (options) => ({
    machine: createMachine({
      states: [trader],
      services: { broker: { buy: async () => {} } },
      initial: trader,
      ...given(options),
    }),
  }),
};

/** A bot of {@link bots} as a web hook, with its port and machine. */
export function makeBareBot(name: string, options: BotOptions & Guard) {
  const make = bots[name];
  if (make === undefined) throw new Error(`There is no bare bot '${name}': ${Object.keys(bots)}.`);
  const { machine, rest } = make(options);
  const port = botPort(options);
  const { secret, onError } = options;
  const hook = { secret, ...(rest && { rest }), ...(onError && { onError }) };
  return { port, machine, handler: webhook(machine, port, hook) };
}

/** Answers whatever people write when no flow is running. */
function hint(text: string): (turn: Turn) => Promise<void> {
  return async ({ update, reply }) => {
    if (update && inputOf(update)) await reply(text);
  };
}

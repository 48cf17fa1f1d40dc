/** Shared by both functions of this example: a basket that collects a user's texts, and is emptied after a while. */

import { state, states } from '@telefsm/core';

/** The only state; its data is what a function must remember between two calls. */
export const Basket = states('Basket', { open: state<{ items: readonly string[] }>() });

/** The items with one more, or `undefined` if they no longer fit into a message. */
export function withItem(items: readonly string[], item: string): readonly string[] | undefined {
  return item.length <= 40 && items.length < 20 ? [...items, item] : undefined;
}

/** The texts of both bots. */
export const texts = {
  howTo: 'Send /basket to begin.',
  open: 'Your basket is open: write what you would like, /pay ends.',
  holds: (items: readonly string[]) => `In your basket: ${items.join(', ')}.`,
  noRoom: 'There is no room for that. /pay ends.',
  paid: (items: readonly string[]) => `Paid for ${items.length}. Thank you!`,
  emptied: 'Your basket was left alone and has been emptied.',
} as const;

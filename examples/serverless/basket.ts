/** What both functions of this example share: a basket that everything one writes is put into, and that is emptied when it is left alone. */

import { state, states } from '@telefsm/core';

/** The only state; its data is what a function must remember between two calls. */
export const Basket = states('Basket', { open: state<{ items: readonly string[] }>() });

/** What a basket holds with one thing more; nothing where it would no longer fit into a message. */
export function withItem(items: readonly string[], item: string): readonly string[] | undefined {
  return item.length <= 40 && items.length < 20 ? [...items, item] : undefined;
}

/** Everything that the bots say. */
export const texts = {
  howTo: 'Send /basket to begin.',
  open: 'Your basket is open: write what you would like, /pay ends.',
  holds: (items: readonly string[]) => `In your basket: ${items.join(', ')}.`,
  noRoom: 'There is no room for that. /pay ends.',
  paid: (items: readonly string[]) => `Paid for ${items.length}. Thank you!`,
  emptied: 'Your basket was left alone and has been emptied.',
} as const;

/** Where a guest fills a cart. This node and `start.ts` name each other: names are used when a message comes, not when a file loads. */

import { scene } from '@telefsm/core';
import { z } from 'zod';
import { services } from './services.ts';
import { Start } from './start.ts';

/** Keeps the cart as its own data, which the schema checks when it is read back. */
export const Hungry = scene('hungry', {
  data: z.object({ cart: z.array(z.string()).default([]) }),
  services,
}).on({
  enter: ({ data }) =>
    `What would you like? In your cart: ${data.cart.join(', ') || 'nothing'}. (Finish, Cancel)`,
  handle: async ({ input, data, services: { kitchen }, reply, goto, again, stay }) => {
    switch (input.text) {
      case 'Finish':
        if (data.cart.length === 0) {
          await reply('Your cart is empty. Cancel leaves.');
          return stay();
        }
        await kitchen.order(data.cart);
        await reply('Ordered!');
        return goto(Start);
      case 'Cancel':
        return goto(Start);
      default:
        // the whole cart has to fit into a message
        if (input.text.length > 40 || data.cart.length === 20) {
          await reply('We cannot cook that.');
          return stay();
        }
        return again({ cart: [...data.cart, input.text] });
    }
  },
});

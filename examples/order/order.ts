/** An order as a flow: choices, a checked number, an address, gift wrap for one item only, a confirmation, a timeout. */

import { flow, invalid } from '@telefsm/core';
import { z } from 'zod';

const names = { phone: 'phone', laptop: 'laptop', headphones: 'headphones' } as const;

/** The same definition runs on both frameworks. */
export const order = flow('order', {
  trigger: '/order',
  description: 'Place a new order',
  timeout: '10m',
})
  .ask('product', {
    prompt: 'What would you like to order?',
    choices: { phone: '📱 Phone', laptop: '💻 Laptop', headphones: '🎧 Headphones' },
  })
  .ask('quantity', {
    prompt: ({ product }) => `How many of the ${names[product]}? (1-10, /back for another product)`,
    schema: z.coerce.number().int().min(1).max(10),
    otherwise: 'Please enter a number between 1 and 10.',
    back: true,
  })
  .ask('address', {
    prompt: 'Where should we deliver? Please send your full address.',
    validate: (text) => {
      if (text.length < 10) return invalid('That seems too short. Please send your full address.');
      if (text.length > 200) return invalid('That is too long for a label.');
      return text;
    },
    back: true,
  })
  .ask('giftWrap', {
    when: ({ quantity }) => quantity === 1,
    prompt: 'Would you like gift wrapping?',
    choices: { yes: 'Yes', no: 'No' },
  })
  .ask('confirm', {
    prompt: ({ product, quantity, address, giftWrap }) =>
      [
        '📋 Order summary',
        `${quantity} × ${names[product]} to ${address}`,
        ...(giftWrap === 'yes' ? ['with gift wrapping'] : []),
        'Confirm this order?',
      ].join('\n'),
    choices: { yes: '✅ Confirm', no: '❌ Cancel' },
  })
  .done(({ confirm }) => (confirm === 'yes' ? '✅ Order placed!' : 'Order canceled.'), {
    canceled: () => '❌ Order canceled.',
    timedOut: () => '⏰ Your order has expired. Send /order to start again.',
  });

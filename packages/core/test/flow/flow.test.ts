import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { flow, invalid, memoryStorage, redo } from '../../src/index.ts';
import { chat } from './chat.ts';

const order = flow('order', {
  trigger: '/order',
  description: 'Place a new order',
  timeout: '10m',
})
  .ask('product', {
    prompt: 'What would you like to order?',
    choices: { phone: '📱 Phone', laptop: '💻 Laptop' },
    buttons: 'reply',
  })
  .ask('quantity', {
    prompt: (a) => `How many ${a.product}s?`,
    schema: z.coerce.number('A number, please.').int().min(1, 'A number, please.').max(10),
    back: true,
  })
  .ask('address', {
    prompt: 'Where?',
    validate: (text) => (text.length < 5 ? invalid('Too short.') : text),
    back: true,
  })
  .ask('giftWrap', {
    prompt: 'Gift wrap?',
    when: (a) => a.quantity === 1,
    validate: (text) => text === 'yes',
  })
  .ask('confirm', {
    prompt: (a) => `${a.quantity} × ${a.product} to ${a.address}, wrap: ${a.giftWrap ?? 'none'}`,
    choices: { yes: '✅ Confirm', no: '❌ Cancel' },
  })
  .done((a) => (a.confirm === 'yes' ? 'Order placed.' : 'Order dropped.'), {
    timedOut: () => 'Expired.',
    cancelled: (a, turn) => `Cancelled at ${turn.step} with ${a.quantity ?? 0}.`,
  });

describe('a flow', () => {
  it('asks in order, with what was answered before, and is gone when it is done', async () => {
    const { user, said, state, data } = chat([order]);
    const ann = user(1);
    await ann.sends('/order');
    expect(said()).toEqual(['What would you like to order?']);
    expect(await state(1)).toBe('order:product');
    await ann.sends('📱 Phone');
    expect(said()).toEqual(['How many phones?']);
    await ann.sends('2');
    await ann.sends('Main Street 1');
    expect(said()).toEqual(['Where?', '2 × phone to Main Street 1, wrap: none']);
    expect(await data(1)).toEqual({ product: 'phone', quantity: 2, address: 'Main Street 1' });
    await ann.taps('✅ Confirm');
    expect(said()).toEqual(['Order placed.']);
    expect(await state(1)).toBe(null);
    expect(await data(1)).toEqual(undefined);
  });
});

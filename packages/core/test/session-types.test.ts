/** Mistakes with the session of scenes that must not compile. Each `@ts-expect-error` names what the author sees. */

import { describe, expect, it } from 'vitest';
import { flow, scene, typed, type ViewTurn } from '../src/index.ts';

interface Shared {
  cart?: { id: string; count: number }[];
  currency?: 'eur' | 'usd';
}
const session = typed<Shared>();

const Cart = scene('cart', { session }).on({
  view: ({ session, button }) => {
    // @ts-expect-error Property 'basket' does not exist on type …
    session.basket;
    // @ts-expect-error Property 'push' does not exist on type 'readonly …': a view must not act
    session.cart?.push({ id: 'tea', count: 1 });
    // @ts-expect-error Cannot assign to 'currency' because it is a read-only property.
    session.currency = 'eur';
    return {
      text: `${session.cart?.length}`,
      rows: [
        button('add', 'Add', ({ session }) => {
          session.cart?.push({ id: 'tea', count: 1 });
          // @ts-expect-error '"gbp"' is not assignable to '"eur" | "usd" | undefined'
          session.currency = 'gbp';
          // @ts-expect-error Property 'count' is missing
          session.cart = [{ id: 'tea' }];
        }),
        part({ session } as ViewTurn<{}, {}, unknown, Shared>),
      ],
    };
  },
  leave: ({ session }) => {
    session.cart = [];
  },
});
const part = ({ session }: Pick<ViewTurn<{}, {}, unknown, Shared>, 'session'>) =>
  session.cart?.length === 1 && [];

const Plain = scene('plain').on({
  handle: ({ session }) => {
    // @ts-expect-error Property 'cart' does not exist on type '{}': declare `session`
    session.cart;
  },
});

const Pay = flow('pay', { session })
  .ask('address', {
    prompt: (_, { session }) => `${session.cart?.length} parcels`,
    // @ts-expect-error a condition sees it too, under its own names
    when: (_, { session }) => session.basket !== undefined,
    validate: (text, _, { session }) => {
      session.currency = 'eur';
      return text;
    },
  })
  .confirm({
    prompt: (_, { session }) => {
      // @ts-expect-error Cannot assign to 'currency': a prompt must not act
      session.currency = 'eur';
      return 'Right?';
    },
  })
  .done(
    (_, { session }) => {
      session.cart = [];
    },
    {
      canceled: (_, { session }) => `${session.cart?.length} left`,
    },
  );

const sentences = () => [
  // @ts-expect-error A session is empty at first: make its keys optional, for example with Partial<…>.
  scene('eager', { session: typed<{ cart: string[] }>() }),
  // @ts-expect-error A session is empty at first: make its keys optional, for example with Partial<…>.
  flow('eager', { session: typed<{ cart: string[] }>() }),
  scene('well', { session: typed<Partial<{ cart: string[] }>>() }),
];

describe('types of the session of scenes', () => {
  it('compile with the mistakes above marked', () => {
    expect([Cart.id, Plain.id, Pay.id, sentences().length]).toEqual(['cart', 'plain', 'pay', 3]);
  });
});

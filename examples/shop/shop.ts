/** A shop in one message: menu, category, product, cart, checkout. Products come from a database, page by page. */

import { flow, scene, typed } from '@telefsm/core';
import type { Lines, Shop } from './stock.ts';

const services = typed<{ shop: Shop }>();
/** The data that all scenes of a conversation share. It stays after they are left. */
const session = typed<{ cart?: Lines }>();
const listOf = (cart: Lines = {}) =>
  Object.values(cart).map(({ name, count }) => `${count} × ${name}`);
const total = (cart: Lines = {}) =>
  Object.values(cart).reduce((sum, { price, count }) => sum + price * count, 0);

export const Menu = scene('menu', { session, services }).on({
  view: async ({ session: { cart = {} }, services: { shop }, grid, button, goto }) => ({
    text: `Welcome! In your cart: ${total(cart)} €`,
    rows: [
      grid(
        Object.entries(await shop.categories()).map(([category, name]) =>
          button(category, name, goto(Category, { category })),
        ),
        2,
      ),
      Object.keys(cart).length > 0 && button('cart', '🛒 Cart', goto(Cart)),
    ],
  }),
});

export const Category = scene('category', { data: typed<{ category: string }>(), services }).on({
  view: ({ data: { category }, services: { shop }, pages, button, goto, call }) => ({
    text: 'What would you like?',
    rows: [
      pages(
        'products',
        (page) => shop.products(category, page),
        ({ id, name, price }) => button(id, `${name}, ${price} €`, call(ProductPage, { id })),
        { size: 5 },
      ),
      button('back', '« Menu', goto(Menu)),
    ],
  }),
});

export const ProductPage = scene('product', {
  data: typed<{ id: string; count?: number }>(),
  session,
  services,
}).on({
  view: async ({ data: { id, count = 1 }, services: { shop }, counter, button, leave }) => {
    const product = await shop.product(id);
    return {
      text: `${product.name}: ${product.price} €`,
      rows: [
        counter('count', { min: 1, max: 10 }),
        [
          button('back', '« Back', leave()),
          button('add', 'Add to cart', ({ session, leave }) => {
            session.cart = { ...session.cart, [id]: { ...product, count } };
            return leave().toast('Added');
          }),
        ],
      ],
    };
  },
});

export const Cart = scene('cart', { session }).on({
  view: ({ session: { cart }, button, goto }) => ({
    text: `${listOf(cart).join('\n') || 'Nothing'}\nTotal: ${total(cart)} €`,
    rows: [
      ...Object.entries(cart ?? {}).map(([id, { name }]) =>
        button(id, `✕ ${name}`, ({ session }) => void delete session.cart?.[id]),
      ),
      button('menu', '« Menu', goto(Menu)),
      total(cart) > 0 && button('pay', 'Checkout', goto(Checkout)),
    ],
  }),
});

export const Checkout = flow('checkout', { session, services, prompts: 'edit' })
  .ask('address', {
    prompt: (_, { session: { cart } }) => `Total: ${total(cart)} €. Where should we deliver?`,
  })
  .confirm({ prompt: ({ address }, { session: { cart } }) => `${listOf(cart)} to ${address}?` })
  .done(async ({ address }, { session, services: { shop } }) => {
    const order = await shop.order(session.cart ?? {}, address);
    session.cart = {};
    return `Order ${order} is on its way.`;
  });

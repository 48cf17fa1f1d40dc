/** A shop in one message: menu, category, product, cart, checkout. Products come from a database, page by page. */

import { flow, scene, typed } from '@telefsm/core';
import type { Lines, Shop } from './stock.ts';

const services = typed<{ shop: Shop }>();
const cart = typed<{ lines: Lines }>();
const listOf = (lines: Lines) =>
  Object.values(lines).map(({ name, count }) => `${count} × ${name}`);
const total = (lines: Lines) =>
  Object.values(lines).reduce((sum, { price, count }) => sum + price * count, 0);

export const Menu = scene('menu', { data: typed<{ lines?: Lines }>(), services }).on({
  view: async ({ data: { lines = {} }, services: { shop }, grid, button, goto }) => ({
    text: `Welcome! In your cart: ${total(lines)} €`,
    rows: [
      grid(
        Object.entries(await shop.categories()).map(([category, name]) =>
          button(category, name, goto(Category, { category, lines })),
        ),
        2,
      ),
      Object.keys(lines).length > 0 && button('cart', '🛒 Cart', goto(Cart, { lines })),
    ],
  }),
});

export const Category = scene('category', {
  data: typed<{ category: string; lines: Lines }>(),
  services,
}).on({
  view: ({ data: { category, lines }, services: { shop }, pages, button, goto, call }) => ({
    text: 'What would you like?',
    rows: [
      pages(
        'products',
        (page) => shop.products(category, page),
        ({ id, name, price }) =>
          button(id, `${name}, ${price} €`, call(ProductPage, { id, lines }, { into: 'lines' })),
        { size: 5 },
      ),
      button('back', '« Menu', goto(Menu, { lines })),
    ],
  }),
});

export const ProductPage = scene('product', {
  data: typed<{ id: string; lines: Lines; count?: number }>(),
  result: typed<Lines>(),
  services,
}).on({
  view: async ({ data: { id, lines, count = 1 }, services: { shop }, counter, button, leave }) => {
    const product = await shop.product(id);
    const added = { ...lines, [id]: { ...product, count } };
    return {
      text: `${product.name}: ${product.price} €`,
      rows: [
        counter('count', { min: 1, max: 10 }),
        [
          button('back', '« Back', leave(lines)),
          button('add', 'Add to cart', leave(added).toast('Added')),
        ],
      ],
    };
  },
});

export const Cart = scene('cart', { data: cart }).on({
  view: ({ data: { lines }, button, goto, again }) => ({
    text: `${listOf(lines).join('\n')}\nTotal: ${total(lines)} €`,
    rows: [
      ...Object.entries(lines).map(([id, { name }]) => {
        const { [id]: _, ...rest } = lines;
        const isLast = Object.keys(rest).length === 0;
        return button(id, `✕ ${name}`, isLast ? goto(Menu) : again({ lines: rest }));
      }),
      [
        button('menu', '« Menu', goto(Menu, { lines })),
        button('pay', 'Checkout', goto(Checkout, { lines })),
      ],
    ],
  }),
});

export const Checkout = flow('checkout', { data: cart, services, prompts: 'edit' })
  .ask('address', { prompt: ({ lines }) => `Total: ${total(lines)} €. Where should we deliver?` })
  .confirm({ prompt: ({ lines, address }) => `${listOf(lines).join(', ')} to ${address}?` })
  .done(async ({ lines, address }, { services: { shop } }) => {
    return `Order ${await shop.order(lines, address)} is on its way.`;
  });

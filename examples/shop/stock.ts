/** The interface of the shop's stock, and a hundred products instead of a database. */

import type { Page, PageRequest } from '@telefsm/core';

/** A product of the shop. */
export interface Product {
  readonly id: string;
  readonly name: string;
  /** In euros. */
  readonly price: number;
}
/** The stock of the shop. */
export interface Shop {
  categories(): Promise<Readonly<Record<string, string>>>;
  products(category: string, page: PageRequest): Promise<Page<Product>>;
  product(id: string): Promise<Product>;
  order(cart: Lines, address: string): Promise<number>;
}
/** A cart: products by their id. */
export type Lines = Record<string, Product & { readonly count: number }>;

const categories = {
  tea: '🍵 Tea',
  coffee: '☕️ Coffee',
  cups: '🫖 Cups',
  cake: '🍰 Cake',
} as const;

const products: readonly (Product & { readonly category: string })[] = Object.keys(
  categories,
).flatMap((category) =>
  Array.from({ length: 25 }, (_, at) => ({
    category,
    id: `${category}${at + 1}`,
    name: `${category} no. ${at + 1}`,
    price: 3 + (at % 7),
  })),
);

/** Makes a shop that numbers its orders from 1. */
export function openShop(): Shop {
  let orders = 0;
  return {
    categories: async () => categories,
    async products(category, { offset, size }) {
      const all = products.filter((product) => product.category === category);
      return { items: all.slice(offset, offset + size), total: all.length };
    },
    async product(id) {
      const found = products.find((product) => product.id === id);
      if (found === undefined) throw new Error(`There is no product '${id}'.`);
      const { name, price } = found;
      return { id, name, price };
    },
    order: async () => ++orders,
  };
}

/** The shop bot on grammY. */

import { type Clock, type FsmFlavor, type FsmStorage, fsm } from '@telefsm/grammy';
import type { Bot, Context } from 'grammy';
import { Cart, Category, Checkout, Menu, ProductPage } from './shop.ts';
import { openShop } from './stock.ts';

const app = [Menu, Category, ProductPage, Cart, Checkout] as const;

/** The context of this bot's handlers. */
export type MyContext = FsmFlavor<Context, typeof app>;

/** Adds the conversation to a bot; a test passes its clock, a bot on several processes a shared storage. */
export function setUp(
  bot: Bot<MyContext>,
  options: { readonly storage?: FsmStorage; readonly clock?: Clock } = {},
) {
  const machine = fsm({ states: app, services: { shop: openShop() }, ...options });
  bot.use(machine);
  bot.command('start', (ctx) => ctx.state.enter(Menu));
  return machine;
}

/** The bot on telefsm: session and conversations are part of one record, which is committed once for each update. */

import { conversations } from '@grammyjs/conversations';
import type { FsmStorage } from '@telefsm/core';
import { conversationStorage, fsm } from '@telefsm/grammy';
import { session } from '@telefsm/grammy/session';
import type { Bot } from 'grammy';
import { addOrders, type Data, type MyContext } from './order.ts';

/** Sets up a bot. */
export function setUp(bot: Bot<MyContext>, storage?: FsmStorage): void {
  const machine = fsm(storage === undefined ? {} : { storage });
  bot.use(machine as never);
  bot.use(session({ initial: (): Data => ({ orders: [] }), machine }));
  bot.use(conversations({ storage: conversationStorage(machine) }));
  addOrders(bot);
}

/** The bot as it was: session and conversations each with a storage of its own. */

import { type ConversationStorage, conversations } from '@grammyjs/conversations';
import { type Bot, type StorageAdapter, session } from 'grammy';
import { addOrders, type Data, type MyContext } from './order.ts';

/** Where the bot keeps things. */
export interface Storages {
  readonly sessions: StorageAdapter<Data>;
  // biome-ignore lint/suspicious/noExplicitAny: the plugin does not export the type of its state
  readonly conversations: ConversationStorage<MyContext, any>;
}

/** Sets up a bot. */
export function setUp(bot: Bot<MyContext>, storages: Storages): void {
  bot.use(session({ initial: (): Data => ({ orders: [] }), storage: storages.sessions }));
  bot.use(conversations({ storage: storages.conversations }));
  addOrders(bot);
}

/** A bot with a wizard of Telegraf whose session is in Redis, by `@telegraf/session`: as it was, and on telefsm. */

import { type RedisClient, redisStorage } from '@telefsm/storage-redis';
import * as telefsm from '@telefsm/telegraf/scenes';
import { Redis } from '@telegraf/session/redis';
import * as telegraf from 'telegraf';

interface Order extends telegraf.Scenes.WizardSessionData {
  state?: { what?: string };
}
/** The context of both bots. */
export interface MyContext extends telegraf.Context {
  session: telegraf.Scenes.WizardSession<Order> & { orders?: string[] };
  scene: telegraf.Scenes.SceneContextScene<MyContext, Order>;
  wizard: telegraf.Scenes.WizardContextWizard<MyContext> & { state: { what?: string } };
}
/** Opens the old sessions. The store connects the client, so it needs one of its own. */
export const openStore = (client: RedisClient) =>
  Redis<MyContext['session']>({ client: client as never });
/** The old sessions. */
export type Store = ReturnType<typeof openStore>;

/** The bot as it was. */
export function before(bot: telegraf.Telegraf<MyContext>, store: Store): void {
  bot.use(telegraf.session({ store }));
  addOrders(bot, telegraf.Scenes);
}

/** The bot on telefsm: `store` says where the old sessions are, and `storage` where they go. */
export function after(bot: telegraf.Telegraf<MyContext>, store: Store, client: RedisClient): void {
  bot.use(telefsm.session({ store, storage: redisStorage(client) }));
  addOrders(bot, telefsm.Scenes);
}

function addOrders(
  bot: telegraf.Telegraf<MyContext>,
  { Stage, WizardScene }: Pick<typeof telegraf.Scenes, 'Stage' | 'WizardScene'>,
): void {
  const order = new WizardScene<MyContext>(
    'order',
    async (ctx) => {
      await ctx.reply('What would you like?');
      return ctx.wizard.next();
    },
    async (ctx) => {
      ctx.wizard.state.what = ctx.text ?? '';
      await ctx.reply('How many?');
      return ctx.wizard.next();
    },
    async (ctx) => {
      const order = `${ctx.text} × ${ctx.wizard.state.what}`;
      ctx.session.orders = [...(ctx.session.orders ?? []), order];
      if (Number.isNaN(Number(ctx.text))) throw new Error(`Not a number: ${ctx.text}`);
      await ctx.reply(`Ordered: ${order}`);
      return ctx.scene.leave();
    },
  );
  bot.use(new Stage<MyContext, Order>([order]).middleware());
  bot.command('order', (ctx) => ctx.scene.enter('order'));
  bot.command('orders', (ctx) => ctx.reply(ctx.session.orders?.join('\n') ?? 'No orders yet.'));
}

/** The bot on telefsm: one import has changed. */

import { type Context, Scenes, session, Telegraf } from '@telefsm/telegraf/scenes';

interface Order extends Scenes.WizardSessionData {
  state?: { what?: string };
}
interface MyContext extends Context {
  session: Scenes.WizardSession<Order> & { orders?: string[] };
  scene: Scenes.SceneContextScene<MyContext, Order>;
  wizard: Scenes.WizardContextWizard<MyContext> & { state: { what?: string } };
}

const order = new Scenes.WizardScene<MyContext>(
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
    ctx.session.orders = [...(ctx.session.orders ?? []), `${ctx.text} × ${ctx.wizard.state.what}`];
    if (Number.isNaN(Number(ctx.text))) throw new Error(`Not a number: ${ctx.text}`);
    await ctx.reply(`Ordered: ${ctx.text} × ${ctx.wizard.state.what}`);
    return ctx.scene.leave();
  },
);

/** Sets up a bot; `options` say where sessions are kept. */
export function makeBot(token: string, options: Parameters<typeof session>[0] = {}) {
  const bot = new Telegraf<MyContext>(token);
  bot.use(session(options as object));
  bot.use(new Scenes.Stage<MyContext, Order>([order]).middleware());
  bot.command('order', (ctx) => ctx.scene.enter('order'));
  bot.command('orders', (ctx) => ctx.reply(ctx.session.orders?.join('\n') ?? 'No orders yet.'));
  return bot;
}

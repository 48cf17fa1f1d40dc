/** A live wizard bot moves over without stranding users who are in the middle. */

import { adoptScenes, type FsmFlavor, flow, fsm } from '@telefsm/telegraf';
import { type Context, Scenes, type SessionStore, session, Telegraf } from 'telegraf';

// before:
//   const order = new Scenes.WizardScene("order", askProduct, saveProductAskQuantity, saveQuantityAskAddress, …)
//   ctx.wizard.state.product = …; ctx.wizard.next()
export const order = flow('order', { trigger: '/order' })
  .ask('product', { prompt: 'What?' })
  .ask('quantity', { prompt: 'How many?', validate: (text) => Number(text) })
  .ask('address', { prompt: 'Where?' })
  .done((a) => `${a.quantity} × ${a.product} to ${a.address}`);

declare const store: SessionStore<{ __scenes?: Scenes.WizardSessionData }>; // @telegraf/session, as the old deploy wrote it
interface MyContext extends FsmFlavor<Context, typeof order> {
  session: Scenes.WizardSession;
  scene: Scenes.SceneContextScene<MyContext, Scenes.WizardSessionData>;
  wizard: Scenes.WizardContextWizard<MyContext>;
}
const bot = new Telegraf<MyContext>('1:T');
bot.use(session({ store })); // scenes that have not moved yet keep working
bot.use(
  fsm({
    states: [order],
    // a user without a record who is in the old wizard: hand over what was answered; the flow asks the first open question
    adopt: adoptScenes<MyContext>(
      { store },
      {
        order: ({ state }, turn) => {
          const old = state as { product?: string; quantity?: number };
          turn.state.enter(order, {
            ...(old.product && { product: old.product }),
            ...(old.quantity && { quantity: old.quantity }),
          });
        },
      },
    ),
  }),
);
const rest = new Scenes.WizardScene<MyContext>('support', (ctx) => ctx.scene.leave());
bot.use(new Scenes.Stage<MyContext, Scenes.WizardSessionData>([rest]).middleware());
bot.command('support', (ctx) => ctx.scene.enter('support'));
bot.command('order', (ctx) => ctx.fsm.enter(order));

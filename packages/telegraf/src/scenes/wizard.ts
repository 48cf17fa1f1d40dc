/** Telegraf's `WizardScene`, whose steps may have names. */

import { namedStep, type StepOptions, WizardChain } from '@telefsm/core/adapter';
import { Composer, type Context, type Middleware, type MiddlewareFn } from 'telegraf';
import {
  type SceneContextScene,
  WizardScene as TelegrafWizardScene,
  type WizardContextWizard,
  type WizardSessionData,
} from 'telegraf/scenes';

/**
 * Telegraf's `WizardScene`; a step may have a name, which is then stored in place of its number.
 *
 * @example
 * ```ts
 * import { Scenes, step } from '@telefsm/telegraf/scenes';
 *
 * const order = new Scenes.WizardScene<Scenes.WizardContext>(
 *   'order',
 *   step('ask', async (ctx) => {
 *     await ctx.reply('What would you like?');
 *     return ctx.wizard.next();
 *   }),
 *   step('confirm', async (ctx) => {
 *     await ctx.reply(`Ordered: ${ctx.text}`);
 *     return ctx.scene.leave();
 *   }),
 * );
 * ```
 */
export class WizardScene<
  C extends Context & {
    scene: SceneContextScene<C, WizardSessionData>;
    wizard: WizardContextWizard<C>;
  },
> extends TelegrafWizardScene<C> {
  readonly #chain = new WizardChain<C>(this, (...both) => Composer.compose(both as never));

  /** Runs the scene's own handlers, then the current step; past the last step the scene is left. */
  override middleware(): MiddlewareFn<C> {
    return this.#chain.behind(Composer.prototype.middleware.call(this) as never) as MiddlewareFn<C>;
  }
}

/**
 * Names a step of a wizard, so that a deploy that inserts, removes or moves steps does not shift users.
 *
 * @param name - what the session keeps in place of the step's number
 * @param handler - the step's middleware
 * @param options - former names of the step
 */
export function step<C extends Context>(
  name: string,
  handler: Middleware<C>,
  options: StepOptions = {},
): MiddlewareFn<C> {
  return namedStep(name, handler, options) as MiddlewareFn<C>;
}

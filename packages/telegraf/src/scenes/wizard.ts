/** Telegraf's `WizardScene`, whose steps may have names. */

import { namedStep, WizardControl } from '@telefsm/core/adapter';
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
  /** The scene's own handlers that {@link WizardScene.#chain} was made for; Telegraf makes new ones when a handler is added. */
  #own: MiddlewareFn<C> | undefined;
  #chain: MiddlewareFn<C> | undefined;

  /** Runs the scene's own handlers, then the current step; past the last step the scene is left. */
  override middleware(): MiddlewareFn<C> {
    const own = Composer.prototype.middleware.call(this) as MiddlewareFn<C>;
    if (this.#chain === undefined || this.#own !== own) {
      this.#own = own;
      this.#chain = this.#chained(own);
    }
    return this.#chain;
  }

  #chained(own: MiddlewareFn<C>): MiddlewareFn<C> {
    const handle = Composer.compose<C>([
      own,
      (ctx, next) => {
        const { step: current } = ctx.wizard;
        if (current !== undefined) return Composer.unwrap(current)(ctx, next);
        ctx.wizard.selectStep(0);
        return ctx.scene.leave();
      },
    ]);
    return (ctx, next) => {
      const control = new WizardControl(ctx.scene as never, this.steps);
      ctx.wizard = control as unknown as C['wizard'];
      return handle(ctx, next);
    };
  }
}

/**
 * Names a step of a wizard, so that a deploy that inserts, removes or moves steps does not shift users.
 *
 * @param name - what the session keeps in place of the step's number
 * @param handler - the step's middleware; each name needs a handler of its own
 * @param options - `was`: former names
 */
export function step<C extends Context>(
  name: string,
  handler: Middleware<C>,
  options: { readonly was?: string | readonly string[] } = {},
): MiddlewareFn<C> {
  const run = Composer.unwrap(handler);
  return namedStep<MiddlewareFn<C>>(name, (ctx, next) => run(ctx, next), options.was);
}

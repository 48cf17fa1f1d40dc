/** `WizardScene`: a scene of steps, one for each update. */

import { namedStep, type StepOptions, WizardChain } from '@telefsm/core/adapter';
import { Composer, type Context, type Middleware, type MiddlewareFn } from 'grammy';
import { BaseScene, type SceneOptions } from './base-scene.ts';
import type { WithWizard } from './types.ts';

/**
 * A scene of steps: each update runs the step that the user is at, and `ctx.wizard.next()` moves on.
 *
 * @example
 * ```ts
 * import { Scenes, step } from '@telefsm/grammy/scenes';
 *
 * const order = new Scenes.WizardScene<Scenes.WizardContext>(
 *   'order',
 *   step('ask', async (ctx) => {
 *     await ctx.reply('What would you like?');
 *     ctx.wizard.next();
 *   }),
 *   step('confirm', async (ctx) => {
 *     await ctx.reply(`Ordered: ${ctx.msg?.text}`);
 *     await ctx.scene.leave();
 *   }),
 * );
 * ```
 */
export class WizardScene<C extends Context & WithWizard<C>> extends BaseScene<C> {
  /** The steps in their order. */
  readonly steps: Middleware<C>[];
  readonly #chain = new WizardChain<C>(this, (own, current) =>
    new Composer<C>(own, current).middleware(),
  );

  constructor(id: string, ...steps: Middleware<C>[]);
  constructor(id: string, options: SceneOptions<C>, ...steps: Middleware<C>[]);
  constructor(
    id: string,
    first?: SceneOptions<C> | Middleware<C>,
    ...others: readonly Middleware<C>[]
  ) {
    const isStep = typeof first === 'function' || (first !== undefined && 'middleware' in first);
    super(id, isStep ? {} : first);
    this.steps = isStep ? [first, ...others] : [...others];
  }

  /** Runs the scene's own handlers, then the current step; past the last step the scene is left. */
  override middleware(): MiddlewareFn<C> {
    return this.#chain.behind(super.middleware());
  }

  /** Runs the enter handlers, and then the first step if they call `next`. */
  override enterMiddleware(): MiddlewareFn<C> {
    return new Composer<C>(super.enterMiddleware(), this.middleware()).middleware();
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
  return namedStep(name, handler, options);
}

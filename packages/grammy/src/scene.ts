/** `Scene`: a place in a conversation that is a Composer with hooks. */

import type { AnyGroup, AnyScene, DeepReadonly, LeaveReason, Schema, State } from '@telefsm/core';
import { hookedScene, installedAt } from '@telefsm/core/adapter';
import type { Context, Middleware, MiddlewareFn } from 'grammy';
import { FsmComposer } from './composer.ts';
import type { Installed } from './context.ts';

/** The context inside a scene's handlers. */
export type SceneContext<C extends Context, Data extends object> = C & {
  readonly state: { readonly data: DeepReadonly<Data> };
  readonly fsm: { readonly data: DeepReadonly<Data> };
};

/** What a {@link Scene} can be told. */
export interface SceneOptions<Data extends object> {
  /** Checks the data with which it is entered, and data read back: any Standard Schema. */
  // biome-ignore lint/suspicious/noExplicitAny: whatever a schema takes; only what it gives matters
  readonly data?: Schema<any, Data>;
  /** Its states, the first of which it begins in; without them it has one, of its own name. */
  readonly states?: AnyGroup;
  /** Former ids. */
  readonly was?: string | readonly string[];
  /** Whether updates that its handlers do not take go on to the bot's other middleware. Default `"pass"`. */
  readonly otherUpdates?: 'pass' | 'block';
}

/** What a {@link Scene} is to the machine and to the compiler. */
interface SceneTypesOf<Data extends object, Params extends object> {
  readonly data: Data;
  readonly start: Data;
  readonly params: Params;
  readonly result: unknown;
  readonly services: {};
}

/**
 * A scene that is a Composer: its handlers run while the conversation is in it, before the bot's other middleware.
 *
 * Register it in `fsm({ scenes })`; enter it by `ctx.state.enter(settings)`. Hooks and handlers need grammY's context, so work outside
 * updates cannot run them: what is entered by a schedule is a node or a flow.
 *
 * @example
 * ```ts
 * import { fsm, type FsmFlavor, Scene } from '@telefsm/grammy';
 * import { Bot, type Context } from 'grammy';
 *
 * type MyContext = FsmFlavor<Context>;
 * const settings = new Scene<MyContext, { lang?: string }>('settings');
 * settings.enter((ctx) => ctx.reply('Which language?'));
 * settings.on('message:text', (ctx) => {
 *   ctx.state.update({ lang: ctx.msg.text });
 *   ctx.state.leave();
 * });
 *
 * const bot = new Bot<MyContext>('12345:token');
 * bot.use(fsm({ scenes: [settings] }));
 * bot.command('settings', (ctx) => ctx.state.enter(settings));
 * ```
 */
export class Scene<
    C extends Context & Installed,
    Data extends object = {},
    Params extends object = {},
  >
  extends FsmComposer<SceneContext<C, Data>>
  implements AnyScene, AnyGroup<State<string, Data>>
{
  readonly id: string;
  readonly '~scene': { readonly types?: SceneTypesOf<Data, Params> };
  readonly '~group': { readonly id: string; readonly states: readonly State<string, Data>[] };
  readonly #hooks = new Map<string, FsmComposer<SceneContext<C, Data>>>();

  /**
   * @param id - what storage keeps
   * @throws FsmError `INVALID_OPTION` for `states` without a state
   */
  constructor(id: string, options: SceneOptions<Data> = {}) {
    super();
    const { behaviour, group } = hookedScene<SceneContext<C, Data>>(id, options, {
      hook: (name) => this.#hooks.get(name)?.middleware(),
      handle: (ctx, next) => super.middleware()(ctx, next),
    });
    this.id = id;
    this['~scene'] = behaviour as object;
    this['~group'] = group as Scene<C, Data>['~group'];
  }

  /** Runs when the scene has been entered, inside the unit of work; `ctx.params` is what the one who entered it gave along. */
  enter(
    ...middleware: readonly Middleware<SceneContext<C, Data> & { readonly params: Params }>[]
  ): this {
    return this.#on('enter', middleware);
  }

  /** Runs when the scene has been left, with `ctx.reason`; `ctx.state` still shows it. */
  leave(
    ...middleware: readonly Middleware<SceneContext<C, Data> & { readonly reason: LeaveReason }>[]
  ): this {
    return this.#on('leave', middleware);
  }

  /** Runs when a scene that this one called has left, with `ctx.result`; without it `enter` runs again. */
  resume(
    ...middleware: readonly Middleware<SceneContext<C, Data> & { readonly result: unknown }>[]
  ): this {
    return this.#on('resume', middleware);
  }

  /** The machine runs the scene, so `bot.use(scene)` only makes sure that there is one. */
  override middleware(): MiddlewareFn<SceneContext<C, Data>> {
    return (ctx, next) => {
      installedAt(ctx, 'state');
      return next();
    };
  }

  #on(name: string, middleware: readonly Middleware<never>[]): this {
    const hook = this.#hooks.get(name) ?? new FsmComposer<SceneContext<C, Data>>();
    this.#hooks.set(name, hook);
    hook.use(...(middleware as Middleware<SceneContext<C, Data>>[]));
    return this;
  }
}

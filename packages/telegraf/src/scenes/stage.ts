/** Telegraf's `Stage`, whose scenes may also be flows, nodes and command trees. */

import type { AnyGroup, AnyScene } from '@telefsm/core';
import { StageRoom, type StageSettings } from '@telefsm/core/adapter';
import { Composer, type Context, type MiddlewareFn } from 'telegraf';
import {
  type BaseScene,
  type SceneContextScene,
  type SceneSession,
  type SceneSessionData,
  Stage as TelegrafStage,
} from 'telegraf/scenes';

/** Options of a {@link Stage}. */
export interface StageOptions<D extends SceneSessionData> extends StageSettings {
  defaultSession: D;
}

/**
 * Telegraf's `Stage`: `ctx.scene.enter('id')` enters its scenes, and its flows, nodes and command trees.
 *
 * With flows, pass the stage to the session: `bot.use(session({ stage }))`. Behind `fsm()`, pass it to the machine:
 * `fsm({ scenes: stage.asScenes() })`.
 *
 * @example
 * ```ts
 * import { Scenes, session, Telegraf } from '@telefsm/telegraf/scenes';
 *
 * const hello = new Scenes.BaseScene<Scenes.SceneContext>('hello');
 * hello.enter((ctx) => ctx.reply('Hello'));
 * const bot = new Telegraf<Scenes.SceneContext>('12345:token');
 * bot.use(session());
 * bot.use(new Scenes.Stage<Scenes.SceneContext>([hello], { ttl: 600 }).middleware());
 * bot.command('hello', (ctx) => ctx.scene.enter('hello'));
 * ```
 */
export class Stage<
  C extends Context & { session?: SceneSession<D>; scene: SceneContextScene<C, D> },
  D extends SceneSessionData = SceneSessionData,
> extends TelegrafStage<C, D> {
  readonly #room: StageRoom<C>;
  /** The middleware of a stage without handlers of its own: each update would pass through it in vain. */
  readonly #noHandlers = Composer.prototype.middleware.call(this);

  /**
   * @param scenes - scenes and wizards of Telegraf, flows, nodes and command trees
   * @throws Error for what is no scene
   */
  constructor(
    scenes: readonly (BaseScene<C> | AnyScene)[] = [],
    options: Partial<StageOptions<D>> = {},
  ) {
    super([], options);
    this.#room = new StageRoom<C>(this.scenes, options);
    this.register(...scenes);
  }

  /** Adds scenes; a later one replaces an earlier one of the same id. */
  override register(...scenes: readonly (BaseScene<C> | AnyScene)[]): this {
    this.#room.register(scenes, (scene: BaseScene<C>) => super.register(scene));
    return this;
  }

  /** Installs `ctx.scene`, and runs the handlers of the stage and of the current scene. */
  override middleware(): MiddlewareFn<C> {
    const inScene = ((ctx, next) => this.#room.handle(ctx, next)) as MiddlewareFn<C>;
    const own = Composer.prototype.middleware.call(this) as MiddlewareFn<C>;
    const handler = own === this.#noHandlers ? inScene : Composer.compose<C>([own, inScene]);
    return this.#room.middleware(handler) as MiddlewareFn<C>;
  }

  /**
   * Everything on it for `fsm({ scenes })`: its flows, nodes and command trees, and its scenes and wizards, which flows enter by
   * `turn.state.enter('id')`.
   *
   * Scenes and wizards need the session in the machine's record, as `session()` behind `fsm()` or `session({ machine })` keeps it. They
   * cannot be entered without an update, nor by `call`.
   */
  asScenes(): readonly (AnyScene & AnyGroup)[] {
    return this.#room.asScenes();
  }
}

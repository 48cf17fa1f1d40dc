/** `Stage`: the scenes of a bot, which may also be flows, nodes and command trees. */

import type { AnyGroup, AnyScene } from '@telefsm/core';
import { StageRoom, type StageSettings } from '@telefsm/core/adapter';
import { Composer, type Context, type MiddlewareFn } from 'grammy';
import { type BaseScene, isBaseScene, type StagedScene } from './base-scene.ts';
import type { SceneContextScene, SceneSessionData, WithScene } from './types.ts';

/** Options of a {@link Stage}. */
export interface StageOptions<D extends SceneSessionData = SceneSessionData> extends StageSettings {
  defaultSession?: D;
}

/** A context with `ctx.scene`, whatever its scenes and their data. */
type Staged = Context & {
  readonly scene: Pick<SceneContextScene<Context>, 'enter' | 'reenter' | 'leave'>;
};

/**
 * The scenes of a bot: `ctx.scene.enter('id')` enters them, and its flows, nodes and command trees.
 *
 * A session comes before it. With flows, pass the stage to the session: `bot.use(session({ stage }))`. Behind `fsm()`, pass it to the
 * machine: `fsm({ scenes: stage.asScenes() })`.
 *
 * @example
 * ```ts
 * import { Scenes, session } from '@telefsm/grammy/scenes';
 * import { Bot } from 'grammy';
 *
 * const hello = new Scenes.BaseScene<Scenes.SceneContext>('hello');
 * hello.enter((ctx) => ctx.reply('Hello'));
 * const bot = new Bot<Scenes.SceneContext>('12345:token');
 * bot.use(session());
 * bot.use(new Scenes.Stage<Scenes.SceneContext>([hello], { ttl: 600 }));
 * bot.command('hello', (ctx) => ctx.scene.enter('hello'));
 * ```
 */
export class Stage<
  C extends Context & WithScene<C, D>,
  D extends SceneSessionData = SceneSessionData,
> extends Composer<C> {
  /** The scenes by their ids. */
  readonly scenes: Map<string, BaseScene<C>> = new Map();
  readonly #room: StageRoom<C>;

  /**
   * @param scenes - scenes, wizards, flows, nodes and command trees
   * @throws Error for what is no scene
   */
  constructor(scenes: readonly (StagedScene<C> | AnyScene)[] = [], options: StageOptions<D> = {}) {
    super();
    this.#room = new StageRoom<C>(this.scenes, options);
    this.register(...scenes);
  }

  /** Adds scenes; a later one replaces an earlier one of the same id. */
  register(...scenes: readonly (StagedScene<C> | AnyScene)[]): this {
    this.#room.register(scenes, (scene) => {
      if (!isBaseScene<C>(scene)) {
        throw new Error('Unsupported scene: a stage accepts scenes, wizards, flows and nodes.');
      }
      this.scenes.set(scene.id, scene);
    });
    return this;
  }

  /** Makes a handler that enters a scene. */
  static enter<C extends Staged>(
    ...args: Parameters<SceneContextScene<C>['enter']>
  ): (ctx: C) => Promise<unknown> {
    return (ctx) => ctx.scene.enter(...args);
  }

  /** Makes a handler that enters the current scene again. */
  static reenter<C extends Staged>(): (ctx: C) => Promise<unknown> | undefined {
    return (ctx) => ctx.scene.reenter();
  }

  /** Makes a handler that leaves the current scene. */
  static leave<C extends Staged>(): (ctx: C) => Promise<void> {
    return (ctx) => ctx.scene.leave();
  }

  /** Installs `ctx.scene`, and runs the handlers of the stage and of the current scene. */
  override middleware(): MiddlewareFn<C> {
    const enterScene: MiddlewareFn<C> = (ctx, next) => this.#room.handle(ctx, next);
    return this.#room.middleware(new Composer<C>(super.middleware(), enterScene).middleware());
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

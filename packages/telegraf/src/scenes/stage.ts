/** Telegraf's `Stage`, whose scenes may also be flows, nodes and command trees. */

import type { AnyGroup, AnyScene } from '@telefsm/core';
import {
  entranceOf,
  installedAt,
  SceneControl,
  type StagedScene,
  type StageParts,
  sessionOf,
} from '@telefsm/core/adapter';
import { Composer, type Context, type MiddlewareFn } from 'telegraf';
import {
  type BaseScene,
  type SceneContextScene,
  type SceneSession,
  type SceneSessionData,
  Stage as TelegrafStage,
} from 'telegraf/scenes';

/** What a {@link Stage} accepts beside its scenes. */
export interface StageOptions<D extends SceneSessionData> {
  /** Seconds after which a user has silently left a scene that has no `ttl` of its own. */
  ttl?: number;
  /** Id of the scene of users who are in none. */
  default?: string;
  /** What `ctx.scene.session` begins as. */
  defaultSession: D;
  /** The context property of the session. Default `"session"`. */
  sessionName?: string;
}

/**
 * Telegraf's `Stage`: `ctx.scene.enter('id')` enters its scenes, and flows, nodes and command trees that stand in it.
 *
 * Flows need a machine: `bot.use(fsm({ states: [survey] }))` before `session()`.
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
  readonly #flows = new Map<string, AnyScene & AnyGroup>();
  /** One for each scene: a machine tells scenes of one id apart. */
  readonly #entrances = new Map<string, AnyScene & AnyGroup>();
  readonly #settings: Partial<StageOptions<D>>;

  /**
   * @param scenes - scenes and wizards of Telegraf, flows, nodes and command trees
   * @throws Error for what is no scene
   */
  constructor(
    scenes: readonly (BaseScene<C> | AnyScene)[] = [],
    options: Partial<StageOptions<D>> = {},
  ) {
    super([], options);
    this.#settings = options;
    this.register(...scenes);
  }

  /** Adds scenes; a later one replaces an earlier one of the same id. */
  override register(...scenes: readonly (BaseScene<C> | AnyScene)[]): this {
    for (const scene of scenes) {
      if (isFlow(scene)) this.#flows.set(scene.id, scene);
      else super.register(scene as BaseScene<C>);
    }
    return this;
  }

  /** Installs `ctx.scene`, and runs the handlers of the stage and of the current scene. */
  override middleware(): MiddlewareFn<C> {
    const parts = this.#parts;
    const handler = Composer.compose<C>([
      (ctx, next) => {
        ctx.scene = new SceneControl<C>(ctx, parts) as unknown as C['scene'];
        return next();
      },
      Composer.prototype.middleware.call(this) as MiddlewareFn<C>,
      (ctx, next) => (ctx.scene as unknown as SceneControl<C>).handle(next),
    ]);
    const { sessionName = 'session' } = this.#settings;
    return (ctx, next) => (sessionName in ctx ? handler(ctx, next) : next());
  }

  /**
   * Its scenes and wizards for `fsm({ scenes })`, so that flows and nodes can enter them: `turn.state.enter('id')`.
   *
   * The session has to be in the machine's record, as `session()` behind `fsm()` or `session({ machine })` keeps it. Without an update, and
   * by `call`, they cannot be entered.
   */
  asScenes(): readonly (AnyScene & AnyGroup)[] {
    for (const id of this.scenes.keys()) {
      if (!this.#entrances.has(id)) this.#entrances.set(id, entranceOf(id, this.#parts));
    }
    return [...this.#entrances.values()];
  }

  get #parts(): StageParts<C> {
    return {
      settings: this.#settings,
      scene: (id) => {
        const scene = this.scenes.get(id);
        return scene && staged(scene);
      },
      shown: (id) => this.scenes.get(id),
      flows: this.#flows,
      ids: () => [...this.scenes.keys(), ...this.#flows.keys()],
      machineOf,
      now: (ctx) => {
        const fsm = machineOf(ctx);
        return fsm === undefined ? Date.now() : sessionOf(fsm).now();
      },
    };
  }
}

/** A scene of Telegraf, or what acts as one: its hooks are optional. */
function staged<C extends Context>(scene: BaseScene<C>): StagedScene<C> {
  const { enterMiddleware, leaveMiddleware }: Partial<BaseScene<C>> = scene;
  return {
    id: scene.id,
    ttl: scene.ttl,
    onEnter: () => (enterMiddleware ?? scene.middleware).call(scene),
    onLeave: () => leaveMiddleware?.call(scene) ?? Composer.passThru(),
    onUpdate: () => scene.middleware(),
  };
}

function isFlow(scene: unknown): scene is AnyScene & AnyGroup {
  return typeof scene === 'object' && scene !== null && '~scene' in scene;
}

function machineOf(ctx: object) {
  return 'fsm' in ctx ? installedAt(ctx, 'fsm') : undefined;
}

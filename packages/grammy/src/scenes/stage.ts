/** `Stage`: the scenes of a bot, which may also be flows, nodes and command trees. */

import type { AnyGroup, AnyScene } from '@telefsm/core';
import {
  entranceOf,
  installedAt,
  SceneControl,
  type StagedScene,
  type StageParts,
  sessionOf,
} from '@telefsm/core/adapter';
import { Composer, type Context, type MiddlewareFn } from 'grammy';
import { BaseScene } from './base-scene.ts';
import type { SceneContextScene, SceneSessionData } from './types.ts';

/** What a {@link Stage} accepts beside its scenes. */
export interface StageOptions<D extends SceneSessionData = SceneSessionData> {
  /** Seconds after which a user has silently left a scene that has no `ttl` of its own. */
  ttl?: number;
  /** Id of the scene of users who are in none. */
  default?: string;
  /** What `ctx.scene.session` begins as. */
  defaultSession?: D;
  /** The context property of the session. Default `"session"`. */
  sessionName?: string;
}

/** A context with `ctx.scene`. */
// biome-ignore lint/suspicious/noExplicitAny: scenes of any bot
type Staged = Context & { scene: SceneContextScene<any, any> };

/**
 * The scenes of a bot: `ctx.scene.enter('id')` enters them, and flows, nodes and command trees that stand in it.
 *
 * A session comes before it. Flows need a machine: `bot.use(fsm({ states: [survey] }))` before the session.
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
  C extends Context & { scene: SceneContextScene<C, D> },
  D extends SceneSessionData = SceneSessionData,
> extends Composer<C> {
  /** The scenes by their ids. */
  readonly scenes: Map<string, BaseScene<C>> = new Map();
  readonly #flows = new Map<string, AnyScene & AnyGroup>();
  /** One for each scene: a machine tells scenes of one id apart. */
  readonly #entrances = new Map<string, AnyScene & AnyGroup>();
  readonly #settings: StageOptions<D>;

  /**
   * @param scenes - scenes, wizards, flows, nodes and command trees
   * @throws Error for what is no scene
   */
  constructor(scenes: readonly (BaseScene<C> | AnyScene)[] = [], options: StageOptions<D> = {}) {
    super();
    this.#settings = options;
    this.register(...scenes);
  }

  /** Adds scenes; a later one replaces an earlier one of the same id. */
  register(...scenes: readonly (BaseScene<C> | AnyScene)[]): this {
    for (const scene of scenes) {
      if (isFlow(scene)) this.#flows.set(scene.id, scene);
      else if (scene instanceof BaseScene) this.scenes.set(scene.id, scene);
      else throw new Error('Unsupported scene: a stage accepts scenes, wizards, flows and nodes.');
    }
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
    const parts = this.#parts;
    const handler = new Composer<C>(
      (ctx, next) => {
        ctx.scene = new SceneControl<C>(ctx, parts) as unknown as C['scene'];
        return next();
      },
      super.middleware(),
      (ctx, next) => (ctx.scene as unknown as SceneControl<C>).handle(next),
    ).middleware();
    const { sessionName = 'session' } = this.#settings;
    return (ctx, next) => (hasSession(ctx, sessionName) ? handler(ctx, next) : next());
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

/** grammY's sessions throw for updates that have none, such as inline queries. */
function hasSession(ctx: object, property: string): boolean {
  try {
    Reflect.get(ctx, property);
    return property in ctx;
  } catch {
    return false;
  }
}

function staged<C extends Context>(scene: BaseScene<C>): StagedScene<C> {
  return {
    id: scene.id,
    ttl: scene.ttl,
    onEnter: () => scene.enterMiddleware(),
    onLeave: () => scene.leaveMiddleware(),
    onUpdate: () => scene.middleware(),
  };
}

function isFlow(scene: unknown): scene is AnyScene & AnyGroup {
  return typeof scene === 'object' && scene !== null && '~scene' in scene;
}

function machineOf(ctx: object) {
  return 'fsm' in ctx ? installedAt(ctx, 'fsm') : undefined;
}

/** `BaseScene`: a Composer whose handlers run while a user is in it. */

import { Composer, type Context, type Middleware, type MiddlewareFn } from 'grammy';

/** Options of a scene. */
export interface SceneOptions<C extends Context> {
  /** Seconds after which a user has silently left the scene. Default: the `ttl` of the stage. */
  ttl?: number;
  handlers?: readonly Middleware<C>[];
  enterHandlers?: readonly Middleware<C>[];
  leaveHandlers?: readonly Middleware<C>[];
}

const brand = Symbol.for('telefsm.grammy-scene');

/** A scene that a stage accepts. It may come from another copy of this package, as scenes of CommonJS modules do in a bot of ES modules. */
export type StagedScene<C extends Context> = Pick<
  BaseScene<C>,
  'id' | 'ttl' | 'middleware' | 'enterMiddleware' | 'leaveMiddleware'
>;

/** Whether something is a {@link BaseScene}, also of another copy of this package. */
export function isBaseScene<C extends Context>(scene: unknown): scene is BaseScene<C> {
  return brand in Object(scene);
}

/**
 * A scene: its handlers run for updates of users who are in it.
 *
 * @example
 * ```ts
 * import { Scenes } from '@telefsm/grammy/scenes';
 *
 * const hello = new Scenes.BaseScene<Scenes.SceneContext>('hello');
 * hello.enter((ctx) => ctx.reply('Hello'));
 * hello.command('bye', (ctx) => ctx.scene.leave());
 * ```
 */
export class BaseScene<C extends Context = Context> extends Composer<C> {
  readonly id: string;
  ttl: number | undefined;
  readonly #enter: Composer<C>;
  readonly #leave: Composer<C>;

  /** @param id - the name by which `ctx.scene.enter` finds it, and what the session keeps */
  constructor(id: string, options: SceneOptions<C> = {}) {
    super(...(options.handlers ?? []));
    Object.defineProperty(this, brand, { value: true });
    this.id = id;
    this.ttl = options.ttl;
    this.#enter = new Composer(...(options.enterHandlers ?? []));
    this.#leave = new Composer(...(options.leaveHandlers ?? []));
  }

  /** Runs when the scene has been entered, before `ctx.scene.enter` resolves. */
  enter(...middleware: readonly Middleware<C>[]): this {
    this.#enter.use(...middleware);
    return this;
  }

  /** Runs when the scene is left, before `ctx.scene.leave` resolves. */
  leave(...middleware: readonly Middleware<C>[]): this {
    this.#leave.use(...middleware);
    return this;
  }

  /** Handlers that run when the scene is entered. */
  enterMiddleware(): MiddlewareFn<C> {
    return this.#enter.middleware();
  }

  /** Handlers that run when the scene is left. */
  leaveMiddleware(): MiddlewareFn<C> {
    return this.#leave.middleware();
  }
}

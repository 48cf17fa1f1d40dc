/** `Scene` of both frameworks: a Composer of the framework with the hooks of a scene. */

import type { AnyScene } from '../conversation/scene.ts';
import type { AnyGroup, State } from '../conversation/states.ts';
import type { LeaveReason } from '../conversation/turn.ts';
import type { ContextMiddleware } from '../state/branches.ts';
import { installedAt } from '../state/install.ts';
import { hookedScene, type SceneOptions } from './scene-hooks.ts';

/** Middleware as both frameworks accept it: a function, or what makes one, such as a Composer. */
export type AnyMiddleware<C> = ContextMiddleware<C> | { middleware(): ContextMiddleware<C> };

/** The types of {@link SceneMembers}, for the machine and the compiler. */
export interface SceneTypesOf<Data extends object, Params extends object> {
  readonly data: Data;
  readonly start: Data;
  readonly params: Params;
  readonly result: unknown;
  readonly services: {};
  readonly session: {};
}

/** The members of a scene besides those of its framework's Composer. */
export interface SceneMembers<C, Data extends object, Params extends object>
  extends AnyScene,
    AnyGroup<State<string, Data>> {
  readonly id: string;
  readonly '~scene': { readonly types?: SceneTypesOf<Data, Params> };
  /** Runs when the scene has been entered, inside the turn; `ctx.params` is what was given to `enter()` or `call()`. */
  enter(...middleware: readonly AnyMiddleware<C & { readonly params: Params }>[]): this;
  /** Runs after the scene was left, with `ctx.reason`. The context still shows its state and data. */
  leave(...middleware: readonly AnyMiddleware<C & { readonly reason: LeaveReason }>[]): this;
  /** Runs when a scene that this one called has left, with `ctx.result`; without it `enter` runs again. */
  resume(...middleware: readonly AnyMiddleware<C & { readonly result: unknown }>[]): this;
}

/** A Composer of a framework, as far as a scene uses it. */
interface ComposerLike {
  middleware(): ContextMiddleware<never>;
  use(...middleware: readonly never[]): unknown;
}

/**
 * Makes the class `Scene` of a framework.
 *
 * @param Composer - the framework's Composer with branches by state
 * @param property - where the FSM is on the framework's contexts
 */
export function sceneClass<Class>(Composer: new () => ComposerLike, property: string): Class {
  class Scene extends Composer {
    readonly id: string;
    readonly '~scene': object;
    readonly '~group': AnyGroup['~group'];
    private readonly hooks: Map<string, ComposerLike>;

    constructor(id: string, options: SceneOptions<object> = {}) {
      super();
      this.hooks = new Map();
      const { behavior, group } = hookedScene<object>(id, options, {
        hook: (name) => this.hooks.get(name)?.middleware() as ContextMiddleware<object> | undefined,
        handle: (ctx, next) => super.middleware()(ctx as never, next),
      });
      this.id = id;
      this['~scene'] = behavior;
      this['~group'] = group;
    }

    enter(...middleware: readonly never[]): this {
      return this.addHook('enter', middleware);
    }

    leave(...middleware: readonly never[]): this {
      return this.addHook('leave', middleware);
    }

    resume(...middleware: readonly never[]): this {
      return this.addHook('resume', middleware);
    }

    /** The machine runs the scene, so `bot.use(scene)` only makes sure that there is one. */
    override middleware(): ContextMiddleware<never> {
      return (ctx: object, next) => {
        installedAt(ctx, property);
        return next();
      };
    }

    private addHook(name: string, middleware: readonly never[]): this {
      const hook = this.hooks.get(name) ?? new Composer();
      this.hooks.set(name, hook);
      hook.use(...middleware);
      return this;
    }
  }
  return Scene as unknown as Class;
}

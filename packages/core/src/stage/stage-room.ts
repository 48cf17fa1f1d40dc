/** Shared by the stages of both frameworks: flows beside scenes, `ctx.scene`, and entrances for machines. */

import { holds } from '../base/holds.ts';
import { invalidOption } from '../base/rules.ts';
import type { Awaitable } from '../base/type-tools.ts';
import type { FsmContext } from '../conversation/context.ts';
import type { AnyScene } from '../conversation/scene.ts';
import type { AnyGroup } from '../conversation/states.ts';
import type { ContextMiddleware } from '../state/branches.ts';
import { sessionOf } from '../state/context.ts';
import { fsmAt } from '../state/install.ts';
import { entranceOf } from './entrance.ts';
import {
  SceneControl,
  type StageParts,
  type StageScene,
  type StageSettings,
} from './scene-control.ts';

/** The scenes of one stage. */
export class StageRoom<C extends object> implements StageParts<C> {
  readonly settings: StageSettings;
  readonly flows: Map<string, AnyScene & AnyGroup> = new Map();
  private readonly scenes: ReadonlyMap<string, StageScene<C>>;
  /** One for each scene: a machine distinguishes scenes of one id. */
  private readonly entrances = new Map<string, AnyScene & AnyGroup>();

  /**
   * @param scenes - the framework's own scenes, by id; filled by the stage
   */
  constructor(scenes: ReadonlyMap<string, StageScene<C>>, settings: StageSettings) {
    this.scenes = scenes;
    this.settings = settings;
  }

  /**
   * Adds flows, nodes and command trees.
   *
   * @param other - called with everything else: scenes of the framework
   */
  register<Scene>(scenes: readonly (Scene | AnyScene)[], other: (scene: Scene) => void): void {
    for (const scene of scenes) {
      if (isScene(scene)) this.flows.set(scene.id, scene as AnyScene & AnyGroup);
      else other(scene);
    }
  }

  /** Installs `ctx.scene` for updates that have a session, and runs what the stage does with them. */
  middleware(handler: ContextMiddleware<C>): ContextMiddleware<C> {
    const { sessionName = 'session' } = this.settings;
    return async (ctx, next) => {
      if (!hasSession(ctx, sessionName)) return await next();
      const control = new SceneControl(ctx, this);
      (ctx as { scene?: unknown }).scene = control;
      await handler(ctx, next);
      if (control.isBusy) await control.finish();
    };
  }

  /** Runs the handlers of the scene that the user is in. */
  handle(ctx: C, next: () => Promise<void>): Awaitable<unknown> {
    return (ctx as unknown as { scene: SceneControl<C> }).scene.handle(next);
  }

  /** Everything on the stage, as scenes of a machine. */
  asScenes(): readonly (AnyScene & AnyGroup)[] {
    for (const id of this.scenes.keys()) {
      if (!this.entrances.has(id)) this.entrances.set(id, entranceOf(id, this));
    }
    return [...this.entrances.values(), ...this.flows.values()];
  }

  scene(id: string): StageScene<C> | undefined {
    return this.scenes.get(id);
  }

  ids(): readonly string[] {
    return [...this.scenes.keys(), ...this.flows.keys()];
  }

  machineOf(ctx: C): FsmContext | undefined {
    // the bot may use the name for something else; only a flow needs a machine
    const main = fsmAt(ctx, 'fsm');
    return main !== undefined && hasScenes(main) ? main : (withScenes(ctx) ?? main);
  }

  now(ctx: C): number {
    const fsm = this.machineOf(ctx);
    return fsm === undefined ? Date.now() : sessionOf(fsm).now();
  }
}

/** The FSM of a machine with scenes, at any property: not read from getters, such as that of a session. */
function withScenes(ctx: object): FsmContext | undefined {
  return Object.values(Object.getOwnPropertyDescriptors(ctx))
    .map(({ value }): unknown => value)
    .find(hasScenes);
}

function hasScenes(found: unknown): found is FsmContext {
  if (!holds(found, '~machine')) return false;
  const machine = found['~machine'];
  return holds(machine, 'hasScenes') && machine.hasScenes === true;
}

/** Whether something is a scene of core, and not of a framework. */
function isScene(scene: unknown): scene is AnyScene {
  return '~scene' in Object(scene);
}

/**
 * Whether an update has a session: grammY's sessions throw for updates that have none, such as inline queries.
 *
 * @throws FsmError `INVALID_OPTION` for the promise of a lazy session: scenes would be kept on the promise, and lost
 */
function hasSession(ctx: object, property: string): boolean {
  let session: unknown;
  try {
    session = Reflect.get(ctx, property);
  } catch {
    return false;
  }
  if (session instanceof Promise) {
    const expected = 'a session that is read before the stage: session(), not lazySession()';
    throw invalidOption(`ctx.${property}`, expected, 'a promise');
  }
  return property in ctx;
}

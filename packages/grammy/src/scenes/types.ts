/** The types of scenes and wizards, under the names that Telegraf gave them. */

import type { Context, Middleware } from 'grammy';
import type { BaseScene } from './base-scene.ts';

/** The data of a user's active scene in the session. */
export interface SceneSessionData {
  current?: string;
  /** Seconds since 1970. */
  expires?: number;
  state?: object;
}

/** The data of a user's active wizard in the session. */
export interface WizardSessionData extends SceneSessionData {
  /** Number of the step. */
  cursor: number;
}

/** A session with room for a scene. */
export interface SceneSession<D extends SceneSessionData = SceneSessionData> {
  __scenes?: D;
}

/** A session with room for a wizard. */
export interface WizardSession<D extends WizardSessionData = WizardSessionData>
  extends SceneSession<D> {}

/** `ctx.scene`. */
export interface SceneContextScene<
  C extends Context,
  D extends SceneSessionData = SceneSessionData,
> {
  /** The scene's data in the session; changed in place. */
  readonly session: D;
  /** Data of the scene, changed in place. */
  state: object;
  /** The scene that the user is in. */
  readonly current: BaseScene<C> | undefined;
  /**
   * Leaves the current scene and enters another; the enter handlers have run when the promise resolves.
   *
   * @param initialState - what `state` begins as, or the start data of a flow
   * @param silent - whether neither the leave nor the enter handlers run
   * @throws FsmError `SCENE_UNKNOWN`
   */
  enter(sceneId: string, initialState?: object, silent?: boolean): Promise<unknown>;
  /** Leaves the current scene and enters it again with the same state. */
  reenter(): Promise<unknown> | undefined;
  /** Runs the leave handlers and clears the scene. */
  leave(): Promise<void>;
  /** Clears the scene; no handler runs. */
  reset(): void;
}

/** The part of a context with scenes. */
export interface WithScene<C extends Context, D extends SceneSessionData = SceneSessionData> {
  readonly scene: SceneContextScene<C, D>;
}

/** `ctx.wizard`. */
export interface WizardContextWizard<C extends Context> {
  /** The same object as `ctx.scene.state`. */
  readonly state: object;
  /** Number of the step; the first one is 0. */
  cursor: number;
  /** The steps of the wizard in their order. */
  readonly steps: readonly Middleware<C>[];
  /** The middleware of the step. */
  readonly step: Middleware<C> | undefined;
  /** Moves to a step by its number; it runs with the next update. */
  selectStep(index: number): this;
  /** Moves to the next step. */
  next(): this;
  /** Moves to the step before. */
  back(): this;
}

/** The parts of a context with wizards. */
export interface WithWizard<C extends Context> extends WithScene<C> {
  readonly wizard: WizardContextWizard<C>;
}

/** A context with scenes. */
export interface SceneContext<D extends SceneSessionData = SceneSessionData> extends Context {
  session: SceneSession<D>;
  scene: SceneContextScene<SceneContext<D>, D>;
}

/** A context with wizards. */
export interface WizardContext<D extends WizardSessionData = WizardSessionData> extends Context {
  session: WizardSession<D>;
  scene: SceneContextScene<WizardContext<D>, D>;
  wizard: WizardContextWizard<WizardContext<D>>;
}

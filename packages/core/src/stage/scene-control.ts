/** `ctx.scene`: which scene a user is in, kept in the session, and the hooks that run when scenes are entered and left. */

import { installError } from '../base/area-errors.ts';
import { FsmError } from '../base/errors.ts';
import type { Awaitable } from '../base/type-tools.ts';
import type { FsmContext } from '../conversation/context.ts';
import type { AnyScene } from '../conversation/scene.ts';
import { type AnyGroup, statesOf } from '../conversation/states.ts';
import { assignShown, noteChange } from '../session/shown.ts';
import type { ContextMiddleware } from '../state/branches.ts';

/** A scene of either framework, or an object that acts as one: its hooks are optional. */
export interface StageScene<C> {
  /** Seconds after which a user has silently left the scene. */
  readonly ttl?: number | undefined;
  /** Makes what runs when the scene is entered. Default: its handlers. */
  enterMiddleware?(): ContextMiddleware<C>;
  /** Makes what runs when the scene is left. */
  leaveMiddleware?(): ContextMiddleware<C>;
  /** Makes what runs for updates of users in the scene. */
  middleware(): ContextMiddleware<C>;
}

/** The data of a user's active scene in the session. */
export interface SceneData {
  current?: string;
  /** Seconds since 1970. */
  expires?: number;
  state?: object;
  /** The step of a wizard, by number. */
  cursor?: number;
  /** The step of a wizard, by name. */
  step?: string;
}

/** A session, by what a stage uses of it. */
type Whole = { __scenes?: SceneData } | null | undefined;

/** The options of a stage. */
export interface StageSettings {
  /** Seconds after which a user has silently left a scene that has no `ttl` of its own. Default: never. */
  readonly ttl?: number;
  /** Id of the scene of users who are in none. */
  readonly default?: string;
  /** The initial value of `ctx.scene.session`. */
  readonly defaultSession?: object;
  /** The context property of the session that keeps the scene. Default `"session"`. */
  readonly sessionName?: string;
}

/** The parts of a stage. */
export interface StageParts<C> {
  readonly settings: StageSettings;
  /** The scene of an id. */
  scene(id: string): StageScene<C> | undefined;
  /** Flows, nodes and command trees by id. */
  readonly flows: ReadonlyMap<string, AnyScene & AnyGroup>;
  /** Ids of everything on the stage. */
  readonly ids: () => readonly string[];
  /** The machine of an update, if it has one. */
  machineOf(ctx: C): FsmContext | undefined;
  /** Milliseconds since 1970. */
  now(ctx: C): number;
}

async function nothing(): Promise<void> {}

/** `ctx.scene` of one update. */
export class SceneControl<C extends object> {
  readonly #ctx: C;
  readonly #parts: StageParts<C>;
  #isLeaving = false;
  /** Resolves when all verbs that handlers have called are over; `undefined` if none was called. */
  #verbs: Promise<unknown> | undefined;

  constructor(ctx: C, parts: StageParts<C>) {
    this.#ctx = ctx;
    this.#parts = parts;
  }

  /** The scene's part of the session. A scene whose time is over is deleted here. */
  get session(): SceneData {
    const kept = this.#whole?.__scenes;
    const isOver = kept?.expires !== undefined && kept.expires < this.#now;
    const session = kept === undefined || isOver ? this.#blank() : kept;
    if (session !== kept) this.#keep(session);
    return session;
  }

  /** Data of the scene, which handlers change in place; also `ctx.wizard.state`. */
  get state(): object {
    const { session } = this;
    session.state ??= {};
    return session.state;
  }

  set state(state: object) {
    this.session.state = { ...state };
  }

  /** The scene that the user is in, or the stage's default scene. */
  get current(): unknown {
    const id = this.#currentId;
    return id === undefined ? undefined : this.#parts.scene(id);
  }

  /** Clears the scene; no hook runs. */
  reset(): void {
    if (this.#whole != null) this.#keep(this.#blank());
  }

  /**
   * Leaves the current scene and enters another. The enter handlers have run when the promise resolves; a flow, node or command tree asks
   * after the commit.
   *
   * @param state - what `ctx.scene.state` begins as, or the start data of a flow
   * @param silent - whether neither the leave nor the enter handlers run
   * @throws FsmError `SCENE_UNKNOWN`; what handlers throw passes
   */
  enter(id: string, state: object = {}, silent = false): Promise<unknown> {
    noteChange(this.#ctx, this.#name, 'ctx.scene.enter()');
    return this.#noted(this.#enter(id, state, silent));
  }

  async #enter(id: string, state: object, silent: boolean): Promise<unknown> {
    const flow = this.#parts.flows.get(id);
    const scene = this.#parts.scene(id);
    if (flow === undefined && scene === undefined) {
      throw new FsmError('SCENE_UNKNOWN', { scene: id, known: this.#parts.ids() });
    }
    if (!silent) await this.#leave();
    if (scene === undefined) {
      this.reset();
      this.#mustHaveMachine().enter(flow as never, state);
      return undefined;
    }
    this.#leaveFlow();
    const { session } = this;
    session.current = id;
    this.state = state;
    const { ttl = this.#parts.settings.ttl } = scene;
    if (ttl !== undefined) session.expires = this.#now + ttl;
    if (silent) return undefined;
    const entering = scene.enterMiddleware?.() ?? scene.middleware();
    return await entering(this.#ctx, nothing);
  }

  /** Leaves the current scene and enters it again with the same state; does nothing if there is none. */
  reenter(): Promise<unknown> | undefined {
    const { current } = this.session;
    return current === undefined ? undefined : this.enter(current, this.state);
  }

  /** Runs the leave handlers and clears the scene. Inside a leave handler it does nothing. */
  leave(): Promise<void> {
    if (this.current !== undefined) noteChange(this.#ctx, this.#name, 'ctx.scene.leave()');
    return this.#noted(this.#leave());
  }

  async #leave(): Promise<void> {
    if (this.#isLeaving) return;
    this.#isLeaving = true;
    try {
      const id = this.#currentId;
      const scene = id === undefined ? undefined : this.#parts.scene(id);
      if (scene === undefined) this.#leaveFlow();
      else {
        await scene.leaveMiddleware?.()(this.#ctx, nothing);
        this.reset();
      }
    } finally {
      this.#isLeaving = false;
    }
  }

  /** Whether a handler has called a verb, which may not be over. */
  get isBusy(): boolean {
    return this.#verbs !== undefined;
  }

  /** Waits for verbs that handlers have called and not awaited: they belong to this update too. */
  async finish(): Promise<void> {
    while (this.#verbs !== undefined) {
      const verbs = this.#verbs;
      this.#verbs = undefined;
      await verbs;
    }
  }

  /** Notes a verb for {@link finish}. Its error is its caller's: the returned promise alone rejects. */
  #noted<T>(verb: Promise<T>): Promise<T> {
    this.#verbs = Promise.allSettled([this.#verbs, verb]);
    return verb.then((value) => value);
  }

  /** Runs the current scene's handlers for this update. */
  handle(next: () => Promise<void>): Awaitable<unknown> {
    const id = this.#currentId;
    const scene = id === undefined ? undefined : this.#parts.scene(id);
    return scene === undefined ? next() : scene.middleware()(this.#ctx, next);
  }

  get #currentId(): string | undefined {
    return this.session.current ?? this.#parts.settings.default;
  }

  /** The active flow of this stage ends: a user is in one place. */
  #leaveFlow(): void {
    const { flows } = this.#parts;
    const fsm = flows.size === 0 ? undefined : this.#parts.machineOf(this.#ctx);
    const state = fsm?.current;
    if (fsm === undefined || state == null) return;
    for (const flow of flows.values()) {
      if (statesOf(flow).some(({ id }) => id === state)) {
        fsm.leave();
        return;
      }
    }
  }

  #mustHaveMachine(): FsmContext {
    const fsm = this.#parts.machineOf(this.#ctx);
    if (fsm !== undefined) return fsm;
    throw installError('NOT_INSTALLED', 'fsm');
  }

  get #now(): number {
    return Math.floor(this.#parts.now(this.#ctx) / 1000);
  }

  get #name(): string {
    return this.#parts.settings.sessionName ?? 'session';
  }

  get #whole(): Whole {
    return (this.#ctx as { readonly [name: string]: Whole })[this.#name];
  }

  #keep(session: SceneData): void {
    const whole = this.#whole;
    if (whole == null) assignShown(this.#ctx, this.#name, { __scenes: session });
    else whole.__scenes = session;
  }

  #blank(): SceneData {
    return { ...this.#parts.settings.defaultSession };
  }
}

/** The types of `ctx.state`: what a handler reads of its conversation and the verbs that change it. */

import type { Duration } from '../base/clock.ts';
import type { Complaint, DeepReadonly, Draft, Simplify } from '../base/type-tools.ts';
import type { AnyScene, CallOptions, SceneIdIn, StartArgs } from './scene.ts';
import type { AnyState, DataOf, IdOf, NoState, State } from './states.ts';
import type { StatesIn, Target } from './targets.ts';

/** `current` and `data`, discriminated by `current`. */
export type StateView<S> = S extends { readonly id: infer Id }
  ? { readonly current: Id; readonly data: DeepReadonly<DataOf<S>> }
  : never;

/** Rejects, with a sentence, a target that the machine of this `ctx.state` does not have. */
export type KnownTo<F, T> = Registered<T, IdsOf<F>>;
/** The ids of a machine's states: asked once of each `ctx.state`. */
type IdsOf<F> = F extends { readonly '~all': infer All } ? IdOf<All> : string;
type Registered<T, Ids> = string extends Ids
  ? unknown
  : Exclude<LiteralId<StatesIn<T>>, Ids> extends never
    ? unknown
    : Complaint<`State '${Exclude<LiteralId<StatesIn<T>>, Ids> & string}' is not in this machine: add its group to fsm({ states }) and to the flavor.`>;
/** Rejects, with a sentence, a flow or a node that this machine does not have. Ids of scenes are checked by their own type. */
type Enterable<S, Scenes> = string extends Scenes
  ? unknown
  : Exclude<LiteralId<Exclude<S, string>>, Scenes> extends never
    ? unknown
    : Complaint<`Scene '${Exclude<LiteralId<Exclude<S, string>>, Scenes> & string}' is not in this machine: add it to fsm({ states }) and to the flavor.`>;
/** Ids known to the compiler; the others (a framework's `Scene`, `anyState`) are left to the run time. */
type LiteralId<S> = S extends { readonly id: infer Id extends string }
  ? string extends Id
    ? never
    : Id
  : never;
/** Ids of the scenes that a machine may have; editors offer them. */
type SceneId<All> = string extends IdOf<All> ? string : SceneIdIn<All>;

type Settable<T, Ids> = [T] extends [null]
  ? unknown
  : '~step' extends keyof T
    ? Complaint<`'${IdOf<T> & string}' is a step of a flow: enter the flow, or answer the step.`>
    : [keyof T & ('~node' | '~scene')] extends [never]
      ? Registered<T, Ids>
      : Complaint<`'${IdOf<T> & string}' is a scene: use enter() instead of set().`>;

/**
 * Keys that a move must bring: required by `To` and not guaranteed by `From`, or kept from `From` with another type. Of a union one
 * member has to be met.
 */
export type MissingKeys<From, To> = From extends unknown
  ? true extends Met<From, To>
    ? never
    : Lacks<From, To>
  : never;
type Met<From, To> = To extends unknown
  ? [Lacks<From, To>] extends [never]
    ? true
    : false
  : never;
type Lacks<From, To> = From extends unknown
  ? To extends unknown
    ? {
        [K in keyof To]-?: K extends keyof From
          ? DeepReadonly<From[K]> extends DeepReadonly<To[K]>
            ? never
            : K
          : {} extends Pick<To, K>
            ? never
            : K;
      }[keyof To]
    : never
  : never;
/** The patch of a move: the data that the target needs and the current state lacks, and any other data of the target. */
export type Patch<From, To> = [MissingKeys<From, To>] extends [never]
  ? Partial<DeepReadonly<To>>
  : Brought<From, To>;
type Brought<From, To> = To extends unknown
  ? Simplify<DeepReadonly<Pick<To, Lacks<From, To> & keyof To>> & Partial<DeepReadonly<To>>>
  : never;
/** The patch may be omitted if nothing is missing; otherwise the compiler lists the missing data. */
type Bring<From, T> = [MissingKeys<From, DataOf<T>>] extends [never]
  ? unknown
  : Complaint<`'${IdOf<T> & string}' needs '${MissingKeys<From, DataOf<T>> & string}', which is not known here: pass it as the second argument.`>;

/** A state that was left, as `history` shows it. */
export interface HistoryEntry {
  /** Id of the state, or `null` for a place without one. */
  readonly current: string | null;
  /** Id of its scene, or `null`. */
  readonly scene: string | null;
  /** The data that `back()` restores; read-only at any depth. */
  readonly data: object;
}

interface Holding<D> {
  readonly data: D;
}
/**
 * The verbs of `ctx.state` that every state has. Verbs that move return nothing, so that a one-line handler compiles on Telegraf too.
 *
 * It has ids and no states: the compiler copies the types of a verb for each call, so 120 calls on 120 states would cost the square of that.
 */
export interface FsmVerbs<out Ids = string | null, out Scenes extends string = string> {
  /** The conversation's key; `undefined` when this update has none under the strategy. */
  readonly key: string | undefined;
  /** The states that `back()` returns to, newest first: `history[0]` is the next one. Empty if there is none. */
  readonly history: readonly HistoryEntry[];
  /** Whether the current state is one of these; narrows `data`. */
  is<const T extends Target>(
    ...targets: readonly [T & Registered<T, Ids>, ...(T & Registered<T, Ids>)[]]
  ): this is StateView<StatesIn<T>>;
  /** Moves; `null` leaves the state. Data is kept; the patch brings what the target needs and the current state does not guarantee. */
  set<const T extends State | AnyScene | null, D extends object>(
    this: Holding<D>,
    target: T & Settable<T, Ids> & Bring<D, T>,
  ): void;
  set<const T extends State | AnyScene | null, D extends object>(
    this: Holding<D>,
    target: T & Settable<T, Ids>,
    patch: Patch<D, DataOf<T>>,
  ): void;
  /** Merges the patch into the data and returns all data. */
  update<D extends object>(this: Holding<D>, patch: Partial<DeepReadonly<NoInfer<D>>>): D;
  /** Replaces data. */
  replace<D extends object>(this: Holding<D>, data: DeepReadonly<NoInfer<D>>): void;
  /**
   * Passes a mutable copy of the data to `change`, stores the result, and returns all data.
   *
   * @param change - changes the draft and returns nothing; it must be synchronous
   * @throws FsmError `DATA_NOT_JSON`; `INVALID_OPTION` for a function that returns something, such as a promise
   *
   * @example
   * ```ts
   * import type { FsmContext } from '@telefsm/core';
   *
   * function add(fsm: FsmContext & { readonly data: { items: string[] } }): void {
   *   fsm.edit((draft) => void draft.items.push('tea'));
   * }
   * ```
   */
  edit<D extends object>(
    this: Holding<D>,
    change: (draft: Draft<NoInfer<D>>) => undefined | void,
  ): D;
  /** One value; the fallback is for a missing key only. */
  get<D extends object, K extends keyof D & string>(this: Holding<D>, name: K): D[K];
  get<D extends object, K extends keyof D & string, F>(
    this: Holding<D>,
    name: K,
    fallback: F,
  ): Exclude<D[K], undefined> | F;
  get(name: string): unknown;
  get<F>(name: string, fallback: F): F;
  /** Clears state, data and scenes, and deletes the record. Runs no hook; use `cancel` to run them. */
  clear(): void;
  /** Moves to the neighbor in the group's declaration order; at the end `NO_NEIGHBOR`. Not checked by the compiler: prefer `set`. */
  next(patch?: object): void;
  previous(): void;

  /**
   * Enters a scene, which replaces the active one. If the scene is waiting below, it restarts there. Sync: the record changes now, hooks and
   * prompts run when the handler has returned.
   */
  enter<const S extends AnyScene | Scenes>(
    scene: S & Enterable<S, Scenes>,
    ...start: StartArgs<S>
  ): void;
  /** Calls a scene. Its result is stored in the caller's data under `into`, or passed to the `resume` hook. */
  call<S extends AnyScene>(
    scene: S & Enterable<S, Scenes>,
    ...start: StartArgs<S, CallOptions>
  ): void;
  /** Back to the previous state *and* its data: the first entry of `history`. */
  back(): void;
  /** Leaves the active scene with reason `left`; its caller becomes active. */
  leave(result?: unknown): void;
  /** Leaves every frame with reason `canceled`, then clears. Use it for a global /cancel. */
  cancel(): void;
  /** Asks the pending question again; where the scene has an `enter` hook, runs its `leave` hook with the reason `replaced`, then `enter`. */
  reenter(): void;
  /** Sets or removes the deadline of the current state. It also works without a state. When it passes, `fsm({ onTimeout })` runs. A move to another state removes it. */
  expire(after: Duration | Date | null): void;

  /** Commits now; later changes are a transaction of their own. */
  commit(): Promise<void>;
  /** Runs a task after the commit; if the turn fails, the task does not run. Use it for e-mails, payments and replies that must not be wrong. */
  afterCommit(task: () => unknown): void;
  /**
   * Brings votes in a poll to this conversation, for polls that you send with the framework's own methods. Those that telefsm sends are
   * followed already.
   *
   * Where members of a group have a conversation each, a vote of another member is not brought here.
   *
   * @param id - of the poll that Telegram returned: `message.poll.id`
   * @throws FsmError `INVALID_OPTION` unless `fsm({ polls: true })` is set, or a scene accepts votes; `STORAGE_FAILED`
   */
  followPoll(id: string): Promise<void>;
}

/**
 * The type of `ctx.state` and `ctx.fsm`. Not a union over all states: narrowing intersects it with one {@link StateView}, which costs the
 * compiler the same for 5 and for 500 states.
 */
export interface FsmContext<out All extends AnyState = AnyState>
  extends FsmVerbs<IdOf<All>, SceneId<All>> {
  /** Types only. */
  readonly '~all': All;
  /** Id of the current state, or `null`. */
  readonly current: IdOf<All>;
  /** Read-only at any depth, see `edit`; typed once the state is known (`inState`, `is`, a scene, a `switch` on `view`). */
  readonly data: {};
  /** `current` and `data` as a union discriminated by `current`, for an exhaustive `switch`. */
  readonly view: StateView<All>;
}

/** The FSM at properties of a framework's context. */
export type FsmAt<P extends string, S = AnyState> = {
  readonly [K in P]: FsmContext<StatesIn<S> | NoState>;
};
/** A known state at properties of a framework's context. */
export type KnownAt<P extends string, T> = { readonly [K in P]: StateView<StatesIn<T>> };
/** The data of the active scene at properties of a framework's context. */
export type DataAt<P extends string, Data> = {
  readonly [K in P]: { readonly data: DeepReadonly<Data> };
};

/** Adds a second machine under its own property: `PropertyFlavor<MyContext, 'vote', typeof Poll>`. */
export type PropertyFlavor<C, P extends string, S = AnyState> = P extends keyof C
  ? Complaint<`'${P}' already exists on this context. Choose another property.`>
  : C & FsmAt<P, S>;

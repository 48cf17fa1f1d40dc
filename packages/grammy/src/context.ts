/** The types that `fsm()` adds to grammY's context. */

import type { AnyState, FsmContext, NoState, StatesIn, StateView } from '@telefsm/core';
import type { Context } from 'grammy';

/** The property that `fsm()` installs. */
export interface Installed {
  readonly state: FsmContext;
  /** The same object. */
  readonly fsm: FsmContext;
}

/**
 * Adds `ctx.state` and `ctx.fsm` to a context.
 *
 * @typeParam S - the groups, scenes and flows that the bot uses, as a list or a union (`typeof app`); without it any state is accepted
 */
export type FsmFlavor<C extends Context, S = AnyState> = C & {
  readonly state: FsmContext<StatesIn<S> | NoState>;
  readonly fsm: FsmContext<StatesIn<S> | NoState>;
};

/** A context whose state is known. */
export type InState<C, T> = C & {
  readonly state: StateView<StatesIn<T>>;
  readonly fsm: StateView<StatesIn<T>>;
};

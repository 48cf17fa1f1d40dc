/** The filter by state, for `bot.filter`. */

import {
  type FsmContext,
  installedAt,
  type KnownTo,
  type StatesIn,
  type StateView,
  stateFilter,
  type Target,
} from '@telefsm/core';
import type { Context } from 'grammy';
import type { InState, Installed } from './context.ts';

/** At least one target. */
export type Targets = readonly [Target, ...Target[]];

/** A type predicate on a context that has a machine at a property. */
export type PropertyFilter<P extends string, T extends Targets> = <
  D extends Context & { readonly [K in P]: FsmContext },
>(
  ctx: D,
) => ctx is D & { readonly [K in P]: StateView<StatesIn<T[number]>> };

/**
 * Lets updates through whose conversation is in one of the targets; narrows `ctx.state.data`.
 *
 * @param targets - states, groups, scenes, flows, ids, `anyState` or `noState`; several mean OR
 * @throws FsmError `INVALID_TARGET`, `STATE_UNBOUND`; the filter `NOT_INSTALLED` without `fsm()` before it
 *
 * @example
 * ```ts
 * import { fsm, type FsmFlavor, inState, state, states } from '@telefsm/grammy';
 * import { Bot, type Context } from 'grammy';
 *
 * const Form = states('Form', { name: state(), age: state<{ name: string }>() });
 * const bot = new Bot<FsmFlavor<Context>>('12345:token');
 * bot.use(fsm());
 * bot.filter(inState(Form.name)).on('message:text', (ctx) => {
 *   ctx.state.set(Form.age, { name: ctx.msg.text });
 * });
 * ```
 */
export function inState<const T extends Targets>(
  ...targets: T
): <C extends Context & Installed>(
  ctx: C & KnownTo<C['state'], T[number]>,
) => ctx is InState<C & KnownTo<C['state'], T[number]>, T[number]> {
  return filterAt('state', targets) as never;
}

/** The same at any property. */
export function filterAt(property: string, targets: readonly Target[]): (ctx: object) => boolean {
  const matches = stateFilter(targets, 'inState()');
  return (ctx) => matches(installedAt(ctx, property));
}

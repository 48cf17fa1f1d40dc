/** The filter by state, for `bot.filter`. */

import { type Complaint, FsmError, type Target } from '@telefsm/core';
import {
  type FsmAt,
  installedAt,
  type KnownAt,
  type KnownTo,
  stateFilter,
  type Targets,
} from '@telefsm/core/adapter';
import type { Context } from 'grammy';
import type { InState, Installed } from './context.ts';

/** Takes no `next`: a filter given to `on` or `use` would end the update without a word. */
export type NotMiddleware =
  Complaint<'inState() is a filter, not middleware: use bot.filter(inState(…)).on(…).'>;

/** A type predicate on a context that has a machine at a property. */
export type PropertyFilter<P extends string, T extends Targets> = <D extends Context & FsmAt<P>>(
  ctx: D,
  notMiddleware?: NotMiddleware,
) => ctx is D & KnownAt<P, T[number]>;

/**
 * Lets updates through whose conversation is in one of the targets; narrows `ctx.state.data`.
 *
 * @param targets - states, groups, scenes, flows, ids, `anyState` or `noState`; several mean OR
 * @throws FsmError `INVALID_TARGET`, `STATE_UNBOUND`; the filter `NOT_INSTALLED` without `fsm()` before it, `INVALID_TARGET` as middleware
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
  notMiddleware?: NotMiddleware,
) => ctx is InState<C & KnownTo<C['state'], T[number]>, T[number]> {
  return filterAt('state', targets) as never;
}

/** The same at any property. */
export function filterAt(
  property: string,
  targets: readonly Target[],
): (ctx: object, next?: unknown) => boolean {
  const where = 'inState()';
  const matches = stateFilter(targets, where);
  return (ctx, next) => {
    if (typeof next === 'function') {
      const expected = 'to be a filter: bot.filter(inState(…)).on(…)';
      throw new FsmError('INVALID_TARGET', { where, found: '`next`, as middleware is', expected });
    }
    return matches(installedAt(ctx, property));
  };
}

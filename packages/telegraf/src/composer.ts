/** Telegraf's Composer with branches by state, and the filter by state. */

import type { Target } from '@telefsm/core';
import { installedAt, type KnownTo, StateBranches, stateFilter } from '@telefsm/core/adapter';
import { Composer, type Context, type Middleware, type MiddlewareFn } from 'telegraf';
import type { InState, MachineContext } from './context.ts';

/** One target, or a list of them, which means OR. */
export type Targets = Target | readonly [Target, ...Target[]];

/** At least one handler. */
export type Handlers<C extends Context> = readonly [Middleware<C>, ...Middleware<C>[]];

/**
 * A Composer with `state`: its branches are found by an index, so the 1000th state costs what the first costs.
 *
 * @example
 * ```ts
 * import { FsmComposer, fsm, type FsmFlavor, state, states } from '@telefsm/telegraf';
 * import { type Context, Telegraf } from 'telegraf';
 * import { message } from 'telegraf/filters';
 *
 * const Form = states('Form', { name: state(), age: state<{ name: string }>() });
 * const form = new FsmComposer<FsmFlavor<Context>>();
 * form.state(Form.name).on(message('text'), (ctx) => {
 *   ctx.fsm.set(Form.age, { name: ctx.message.text });
 * });
 *
 * const bot = new Telegraf<FsmFlavor<Context>>('12345:token');
 * bot.use(fsm());
 * bot.use(form);
 * ```
 */
export class FsmComposer<C extends MachineContext> extends Composer<C> {
  readonly #branches = new StateBranches<C>(
    'fsm',
    () => super.middleware(),
    (row) => super.use(row as MiddlewareFn<C>),
  );
  readonly #live: MiddlewareFn<C> = (ctx, next) => super.middleware()(ctx, next);

  /**
   * Branches off updates whose conversation is in one of the targets: chain Telegraf's own filters on what it returns.
   *
   * @param targets - a state, group, scene, flow, id, `anyState` or `noState`, or a list of them, which means OR
   * @returns the branch; with handlers this composer, as Telegraf's own methods do
   * @throws FsmError `INVALID_TARGET`, `STATE_UNBOUND`; with the first update `NOT_INSTALLED` without `fsm()` before it
   */
  state<const T extends Targets>(targets: T & KnownTo<C['fsm'], T>): FsmComposer<InState<C, T>>;
  state<const T extends Targets>(
    targets: T & KnownTo<C['fsm'], T>,
    ...handlers: Handlers<InState<C, T>>
  ): this;
  state(targets: Targets, ...handlers: readonly Middleware<never>[]): FsmComposer<C> | this {
    const branch = new FsmComposer<C>(...(handlers as readonly Middleware<C>[]));
    // composed by Telegraf, so that `next` called twice is reported in Telegraf's words
    this.#branches.add(targets, Composer.compose<C>([branch, Composer.passThru()]));
    return handlers.length === 0 ? branch : this;
  }

  /** Handlers that are registered later count too, also for composers that already use this one. */
  override middleware(): MiddlewareFn<C> {
    return this.#live;
  }
}

/**
 * Runs its handlers only while the conversation is in one of the targets.
 *
 * Inside `bot.on(filter, …)` it costs the compiler seconds: use {@link FsmComposer} there.
 *
 * @param targets - a state, group, scene, flow, id, `anyState` or `noState`, or a list of them, which means OR
 * @throws FsmError `INVALID_TARGET`, `STATE_UNBOUND`; the middleware `NOT_INSTALLED` without `fsm()` before it
 *
 * @example
 * ```ts
 * import { fsm, type FsmFlavor, inState, state, states } from '@telefsm/telegraf';
 * import { type Context, Telegraf } from 'telegraf';
 *
 * const Form = states('Form', { name: state(), age: state<{ name: string }>() });
 * const bot = new Telegraf<FsmFlavor<Context>>('12345:token');
 * bot.use(fsm());
 * bot.command('skip', inState(Form.name, (ctx) => ctx.fsm.set(Form.age, { name: 'Anonymous' })));
 * ```
 */
export function inState<C extends MachineContext, const T extends Targets>(
  targets: T & KnownTo<NoInfer<C>['fsm'], T>,
  ...handlers: Handlers<InState<NoInfer<C>, T>>
): MiddlewareFn<C> {
  return filterAt('fsm', targets, handlers as readonly Middleware<never>[]);
}

/** The same at any property. */
export function filterAt<C extends Context>(
  property: string,
  targets: Targets,
  handlers: readonly Middleware<never>[],
): MiddlewareFn<C> {
  const matches = stateFilter(targets, 'inState()');
  const handler = Composer.compose(handlers as readonly Middleware<C>[]);
  return (ctx, next) => (matches(installedAt(ctx, property)) ? handler(ctx, next) : next());
}

/** grammY's Composer with branches by state. */

import type { Target } from '@telefsm/core';
import { type KnownTo, StateBranches, type Targets } from '@telefsm/core/adapter';
import { Composer, type Context, type Middleware, type MiddlewareFn } from 'grammy';
import type { InState, Installed } from './context.ts';

const pass: MiddlewareFn = (_ctx, next) => next();

/**
 * A Composer with `state`: its branches are found by an index, so the 1000th state costs what the first costs.
 *
 * @example
 * ```ts
 * import { FsmComposer, fsm, type FsmFlavor, state, states } from '@telefsm/grammy';
 * import { Bot, type Context } from 'grammy';
 *
 * const Form = states('Form', { name: state(), age: state<{ name: string }>() });
 * const form = new FsmComposer<FsmFlavor<Context>>();
 * form.state(Form.name).on('message:text', (ctx) => {
 *   ctx.state.set(Form.age, { name: ctx.msg.text });
 * });
 *
 * const bot = new Bot<FsmFlavor<Context>>('12345:token');
 * bot.use(fsm());
 * bot.use(form);
 * ```
 */
export class FsmComposer<C extends Context & Installed> extends Composer<C> {
  readonly #branches = new StateBranches<C>(
    'state',
    () => super.middleware(),
    (row) => super.use(row),
  );

  /**
   * Branches off updates whose conversation is in one of the targets: chain grammY's own filters on what it returns.
   *
   * @param targets - a state, group, scene, flow, id, `anyState` or `noState`, or a list of them, which means OR
   * @throws FsmError `INVALID_TARGET`, `STATE_UNBOUND`; with the first update `NOT_INSTALLED` without `fsm()` before it
   */
  state<const T extends Target | Targets>(
    targets: T & KnownTo<C['state'], T>,
    ...middleware: readonly Middleware<InState<C, T>>[]
  ): FsmComposer<InState<C, T>> {
    const branch = new FsmComposer<InState<C, T>>(...(middleware as Middleware<InState<C, T>>[]));
    // guarded by grammY, so that `next` called twice is reported in grammY's words
    const guarded = new Composer(branch as never, pass).middleware() as MiddlewareFn<C>;
    this.#branches.add(targets, guarded);
    return branch;
  }
}

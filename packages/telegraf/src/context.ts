/** The types that `fsm()` adds to Telegraf's context. */

import type { AnyState } from '@telefsm/core';
import type { FsmAt, KnownAt } from '@telefsm/core/adapter';
import type { Context } from 'telegraf';

/** The property that `fsm()` installs; at run time `ctx.state`, which stays Telegraf's own bag, forwards to it. */
export type Installed = FsmAt<'fsm'>;

/**
 * Adds `ctx.fsm` to a context.
 *
 * `ctx.state` keeps the type of Telegraf's bag: Telegraf's narrowed handlers set it back, and a context that overrides it could not be
 * handed to a function that takes `MyContext`.
 *
 * @typeParam S - the groups, scenes and flows that the bot uses, as a list or a union (`typeof app`); without it any state is accepted
 */
export type FsmFlavor<C extends Context, S = AnyState> = C & FsmAt<'fsm', S>;

/** Any context with a machine at a property: what handlers of a machine get when nothing more is said of them. */
export type MachineContext<P extends string = 'fsm'> = Context & FsmAt<P>;

/** A context whose state is known. */
export type InState<C, T> = C & KnownAt<'fsm', T>;

/** The types that `fsm()` adds to grammY's context. */

import type { AnyState } from '@telefsm/core';
import type { FsmAt, KnownAt } from '@telefsm/core/adapter';
import type { Context } from 'grammy';

/** The properties that `fsm()` installs: one object under two names. */
export type Installed = FsmAt<'state' | 'fsm'>;

/**
 * Adds `ctx.state` and `ctx.fsm` to a context.
 *
 * @typeParam S - the groups, scenes and flows that the bot uses, as a list or a union (`typeof app`); without it any state is accepted
 */
export type FsmFlavor<C extends Context, S = AnyState> = C & FsmAt<'state' | 'fsm', S>;

/** A context whose state is known. */
export type InState<C, T> = C & KnownAt<'state' | 'fsm', T>;

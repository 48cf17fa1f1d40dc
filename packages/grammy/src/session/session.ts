/** grammY's `session()` and `lazySession()`, inside the turn. */

import { shownAt } from '@telefsm/core/adapter';
import type { Context, LazySessionFlavor, MiddlewareFn, SessionFlavor } from 'grammy';
import { absentSession } from './absent.ts';
import type { LooseOptions, MultiSessionOptions, SessionOptions } from './options.ts';
import { reasonOf, runnerOf } from './runner.ts';
import { several } from './several.ts';

/**
 * grammY's `session()` with the guarantees of a turn. Updates of one session are handled in order. Changes of handlers are written once and
 * only if they succeed, and a redelivered update changes nothing twice.
 *
 * A session is JSON: it is changed in place, and written if it has changed. With `machine` it is part of the conversation, and `clear()`
 * keeps it; otherwise it has a record of its own under grammY's key, which is the chat.
 *
 * @param options - grammY's own options, and where sessions are kept
 * @throws FsmError `INVALID_OPTION` if `storage` or `machine` is an object of another kind; with the first update `NOT_INSTALLED` if
 *   `machine` is not installed before
 *
 * @example
 * ```ts
 * import { fsm, type FsmFlavor } from '@telefsm/grammy';
 * import { session, type SessionFlavor } from '@telefsm/grammy/session';
 * import { Bot, type Context } from 'grammy';
 *
 * type MyContext = FsmFlavor<Context & SessionFlavor<{ visits: number }>>;
 * const bot = new Bot<MyContext>('12345:token');
 * const machine = fsm();
 * bot.use(machine);
 * bot.use(session({ initial: () => ({ visits: 0 }), machine }));
 * bot.use((ctx) => ctx.reply(`Visit ${++ctx.session.visits}`));
 * ```
 */
export function session<S, C extends Context>(
  options?: SessionOptions<S, C> | (S extends object ? MultiSessionOptions<S, C> : never),
): MiddlewareFn<C & SessionFlavor<S>> {
  const given = (options ?? {}) as LooseOptions;
  const { type }: { readonly type?: string | undefined } = given;
  const middleware = type === 'multi' ? several(given) : single(given, false);
  return middleware;
}

/**
 * grammY's `lazySession()`: `ctx.session` may be a promise.
 *
 * A bridged adapter is read when a handler first reads `ctx.session`. A session in a record is there already.
 *
 * @throws Error for `type: 'multi'`
 */
export function lazySession<S, C extends Context>(
  options: SessionOptions<S, C> = {},
): MiddlewareFn<C & LazySessionFlavor<S>> {
  const { type }: { readonly type?: string | undefined } = options;
  if (type !== undefined && type !== 'single') throw new Error('Cannot use lazy multi sessions!');
  return single(options, true);
}

function single(options: LooseOptions, lazy: boolean): MiddlewareFn {
  const run = runnerOf(options, undefined, lazy);
  const absent = absentSession(reasonOf(options));
  const show = shownAt('session', true);
  return (ctx, next) => run(ctx, next, (value) => show(ctx, value ?? absent));
}

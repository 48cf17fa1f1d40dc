/** Telegraf's `session()`, inside the turn. */

import type { RawUpdate } from '@telefsm/core';
import { type SceneRecordOptions, sceneSession, shownAt } from '@telefsm/core/adapter';
import type { Context, MiddlewareFn } from 'telegraf';
import type { session as telegrafSession } from 'telegraf/session';
import { telegraf } from '../port.ts';

/** Keys of a context that are not those of another. */
type ExclusiveKeys<A extends object, B extends object> = keyof Omit<A, keyof B>;

/** Options of {@link session}. */
export type SessionOptions<
  S extends NonNullable<C[P]>,
  C extends Context & { [key in P]?: C[P] },
  P extends (ExclusiveKeys<C, Context> & string) | 'session',
> = NonNullable<Parameters<typeof telegrafSession<S, C, P>>[0]> & SceneRecordOptions;

/**
 * Telegraf's `session()` with the guarantees of a turn. Updates of one session are handled in order. Changes of handlers are written once
 * and only if they succeed, and a redelivered update changes nothing twice.
 *
 * A session is JSON: it is read before the first handler, changed in place, and written if it has changed. With `store` alone, sessions stay
 * in that store of Telegraf; they are in order within one process, and redelivered updates are handled again.
 *
 * @param options - Telegraf's own `property`, `getSessionKey`, `store` and `defaultSession`, and where sessions are kept
 * @throws FsmError `INVALID_OPTION` if `store`, `storage`, `machine` or `stage` is an object of another kind. With the first update:
 *   `INSTALLED_TWICE` if `fsm()` comes after it, `NOT_INSTALLED` if `machine` is not installed before
 *
 * @example
 * ```ts
 * import { type Context, session, Telegraf } from '@telefsm/telegraf/scenes';
 *
 * interface MyContext extends Context {
 *   session: { visits: number };
 * }
 * const bot = new Telegraf<MyContext>('12345:token');
 * bot.use(session({ defaultSession: () => ({ visits: 0 }), ttl: '30d' }));
 * bot.use((ctx) => ctx.reply(`Visit ${++ctx.session.visits}`));
 * ```
 */
export function session<
  S extends NonNullable<C[P]>,
  C extends Context & { [key in P]?: C[P] },
  P extends (ExclusiveKeys<C, Context> & string) | 'session' = 'session',
>(options?: SessionOptions<S, C, P>): MiddlewareFn<C> {
  const { property = 'session' } = options ?? {};
  const run = sceneSession<C>(options ?? {}, {
    updateOf: (ctx) => ctx.update as unknown as RawUpdate,
    portOf: telegraf.updatePortOf,
  });
  const show = shownAt(property, false);
  return (ctx, next) =>
    run(ctx, next, (value) => {
      if (value === undefined) Reflect.set(ctx, property, undefined);
      else show(ctx, value);
    });
}

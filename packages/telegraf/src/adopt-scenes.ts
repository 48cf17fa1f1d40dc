/** Moves users out of Telegraf's own scenes, without stranding those who are in the middle of one. */

import type { Awaitable, Turn } from '@telefsm/core';
import type { Context } from 'telegraf';
import type { SessionStore } from './session-store.ts';

/** The data of Telegraf's scenes in a session. */
export interface LegacyScene {
  /** Id of the scene. */
  readonly current: string;
  /** The step of a wizard. */
  readonly cursor: number | undefined;
  /** `ctx.scene.state`, which is `ctx.wizard.state` too. */
  readonly state: object;
  /** The whole session. */
  readonly session: object;
}

/** Where the sessions are. */
export interface AdoptOptions<C extends Context> {
  /** Where an earlier deploy kept them. Not needed where `session()` runs before `fsm()`: then `ctx.session` is used. */
  // biome-ignore lint/suspicious/noExplicitAny: sessions of any bot
  readonly store?: SessionStore<any>;
  /** The bot's `session({ getSessionKey })`. Default: Telegraf's own, `<user>:<chat>`. */
  readonly getSessionKey?: (ctx: C) => Awaitable<string | undefined>;
}

interface Session {
  __scenes?: {
    readonly current?: string;
    readonly cursor?: number;
    readonly state?: object;
    /** Seconds since 1970. */
    readonly expires?: number;
  };
}

/** A session that was found, and how to take the scene out of it. */
interface Found {
  readonly session: Session;
  remove(): Awaitable<unknown>;
}

/**
 * Makes what `fsm({ adopt })` takes: a user without a conversation who is in a scene of Telegraf is handed over, once.
 *
 * The scene is taken out of the session after the commit, so nothing is lost where the update fails. Scenes that are not named stay where
 * they are.
 *
 * @param scenes - by the id of Telegraf's scene: where the user continues
 *
 * @example
 * ```ts
 * import { adoptScenes, flow, fsm } from '@telefsm/telegraf';
 *
 * const order = flow('order').ask('product', { prompt: 'What?' }).done(() => 'Ordered.');
 * const machine = fsm({
 *   states: [order],
 *   adopt: adoptScenes({}, { order: ({ state }, turn) => turn.state.enter(order, state) }),
 * });
 * ```
 */
export function adoptScenes<C extends Context>(
  options: AdoptOptions<C>,
  scenes: { readonly [sceneId: string]: (legacy: LegacyScene, turn: Turn) => Awaitable<void> },
): (turn: Turn & { readonly ctx: C | undefined }) => Promise<void> {
  return async (turn) => {
    const found = await find(options, turn);
    if (found === undefined) return;
    const { session, remove } = found;
    const { current, cursor, state = {}, expires = Infinity } = session.__scenes ?? {};
    if (current === undefined || !Object.hasOwn(scenes, current)) return;
    if (expires * 1000 < turn.now()) return;
    await scenes[current]?.({ current, cursor, state, session }, turn);
    turn.state.afterCommit(remove);
  };
}

async function find<C extends Context>(
  { store, getSessionKey }: AdoptOptions<C>,
  { ctx, subject }: Turn & { readonly ctx: C | undefined },
): Promise<Found | undefined> {
  const session = (ctx as { readonly session?: Session } | undefined)?.session;
  if (typeof session === 'object' && session !== null) {
    // session() writes it back; writing past it would be undone by it
    return { session, remove: () => Reflect.deleteProperty(session, '__scenes') };
  }
  const key = ctx && getSessionKey ? await getSessionKey(ctx) : defaultKey(ctx, subject);
  const stored: Session | null | undefined = key && (await store?.get(key));
  if (store === undefined || key === undefined || stored == null) return undefined;
  return {
    session: stored,
    async remove() {
      const { __scenes: _, ...rest }: Session = (await store.get(key)) ?? {};
      await (Object.keys(rest).length === 0 ? store.delete(key) : store.set(key, rest));
    },
  };
}

function defaultKey(ctx: Context | undefined, subject: Turn['subject']): string | undefined {
  const user = ctx ? ctx.from?.id : subject.user;
  const chat = ctx ? ctx.chat?.id : (subject.chat ?? subject.user);
  return user === undefined || chat === undefined ? undefined : `${user}:${chat}`;
}

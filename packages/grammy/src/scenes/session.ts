/** `session()` with Telegraf's options, so that a bot takes its wizards along when it changes its framework. */

import type { Awaitable } from '@telefsm/core';
import {
  type AnyMachine,
  type BridgedStore,
  type OwnRecordOptions,
  type StageOfSession,
  sessionMiddleware,
  shownAt,
} from '@telefsm/core/adapter';
import type { Context, MiddlewareFn } from 'grammy';
import { UpdatePort } from '../port.ts';
import { updateOf } from '../session/absent.ts';

/** Options of {@link session}. */
export interface SceneSessionOptions<C extends Context> extends Omit<OwnRecordOptions, 'strategy'> {
  /** Context property of the session. Default `"session"`. */
  readonly property?: string;
  /** Makes the session key of an update. Default: a session for each user in a chat. */
  readonly getSessionKey?: (ctx: C) => Awaitable<string | undefined>;
  /** Makes the session of a user who has none. */
  readonly defaultSession?: (ctx: C) => object;
  /** A session store of Telegraf: the place of sessions, or of those to adopt if `machine` or `storage` is given as well. */
  readonly store?: BridgedStore;
  /** Keeps sessions in the conversation's record of this machine. A machine before it is found without it. */
  readonly machine?: AnyMachine;
  /**
   * The stage behind the session, if flows, nodes or command trees are on it: the session's record is then also theirs. Register everything
   * on the stage first. Not for sessions in a `machine` or under a `getSessionKey`.
   */
  readonly stage?: StageOfSession;
}

/**
 * Sessions for scenes and wizards: one for each user in a chat, with the options and the keys of Telegraf.
 *
 * An update without such a key has an empty session that is not kept. grammY's own options, and sessions for each chat, are in `@telefsm/grammy/session`.
 *
 * @throws FsmError with the first update `INSTALLED_TWICE` if `fsm()` comes after it, `NOT_INSTALLED` if `machine` is not installed before
 */
export function session<C extends Context>(options: SceneSessionOptions<C> = {}): MiddlewareFn<C> {
  const {
    property = 'session',
    getSessionKey,
    store,
    defaultSession,
    machine,
    stage,
    ...own
  } = options;
  const isMain = property === 'session';
  const run = sessionMiddleware<C>({
    property,
    byKey: getSessionKey !== undefined,
    keyOf: getSessionKey ?? defaultKey,
    initial: defaultSession,
    store,
    machine,
    stage,
    own: isMain ? own : { namespace: `session-${property}`, ...own },
    shared: isMain ? 'fsm' : undefined,
    lazy: false,
    writesInitial: false,
    updateOf,
    portOf: (ctx) => new UpdatePort(ctx),
  });
  const show = shownAt(property, true);
  return (ctx, next) => run(ctx, next, (value) => show(ctx, value ?? { value: undefined }));
}

/** Telegraf's own key: `<user>:<chat>`. */
function defaultKey({ from, chat }: Context): string | undefined {
  return from === undefined || chat === undefined ? undefined : `${from.id}:${chat.id}`;
}

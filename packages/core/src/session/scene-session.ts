/** Sessions of scenes and wizards, with the options of Telegraf's `session()`, for both frameworks. */

import { andThen } from '../base/awaitable.ts';
import type { Awaitable } from '../base/type-tools.ts';
import type { FsmStorage } from '../lease/storage.ts';
import type { AnyMachine } from '../machine/machine-interface.ts';
import type { BridgedStore } from './bridge.ts';
import type { OwnRecordOptions, StageOfSession } from './own-record.ts';
import { type SessionMiddleware, type SessionPlan, sessionMiddleware } from './session.ts';

/** Where a session of scenes and wizards is kept. */
export interface SceneRecordOptions extends Omit<OwnRecordOptions, 'strategy'> {
  /**
   * Keeps sessions in the conversation's record of this machine, so that both are committed together. The machine is installed first.
   *
   * A machine at `ctx.fsm` whose conversations are those of a user in a chat is found without it.
   */
  readonly machine?: AnyMachine;
  /**
   * Keeps sessions in a storage of telefsm. Default: the memory of this process.
   *
   * With Telegraf's `store` beside it, sessions in that store are adopted: moved with the first update of their user.
   */
  readonly storage?: FsmStorage;
  /**
   * The stage behind the session, if flows, nodes or command trees are on it: the session's record is then also theirs. Register everything
   * on the stage first. Not for sessions in a `machine` or under a `getSessionKey`.
   */
  readonly stage?: StageOfSession;
}

/** Options of {@link sceneSession}. */
export interface SceneSessionOptions<C> extends SceneRecordOptions {
  /** Context property of the session. Default `"session"`. */
  readonly property?: string | undefined;
  /** Makes the session key of an update. Default: a session for each user in a chat. */
  readonly getSessionKey?: ((ctx: C) => Awaitable<string | undefined>) | undefined;
  /** Makes the session of a user who has none. */
  readonly defaultSession?: ((ctx: C) => object) | undefined;
  /** A session store of Telegraf: the place of sessions, or of those to adopt if `machine` or `storage` is given as well. */
  readonly store?: BridgedStore | undefined;
}

/** Makes the session middleware of scenes and wizards. An update without Telegraf's own key, `<user>:<chat>`, has no session. */
export function sceneSession<C extends object>(
  options: SceneSessionOptions<C>,
  framework: Pick<SessionPlan<C>, 'updateOf' | 'portOf'>,
): SessionMiddleware<C> {
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
  return sessionMiddleware<C>({
    ...framework,
    property,
    byKey: getSessionKey !== undefined,
    // in Telegraf, an update with an empty key has no session
    keyOf: getSessionKey
      ? (ctx) => andThen(getSessionKey(ctx), (key) => key || undefined)
      : keyOfTelegraf,
    ofConnections: getSessionKey !== undefined,
    initial: defaultSession,
    store,
    storeOption: 'store',
    machine,
    stage,
    own,
    ownDefaults: isMain ? {} : { namespace: `session-${property}` },
    shared: isMain ? 'fsm' : undefined,
    lazy: false,
    writesInitial: false,
  });
}

function keyOfTelegraf(ctx: object): string | undefined {
  const { from, chat } = ctx as { readonly from?: { id: number }; readonly chat?: { id: number } };
  return from === undefined || chat === undefined ? undefined : `${from.id}:${chat.id}`;
}

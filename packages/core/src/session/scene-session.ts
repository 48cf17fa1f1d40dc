/** Sessions of scenes and wizards, with the options of Telegraf's `session()`, for both frameworks. */

import type { Awaitable } from '../base/type-tools.ts';
import type { AnyMachine } from '../machine/machine-interface.ts';
import type { BridgedStore } from './bridge.ts';
import type { OwnRecordOptions, StageOfSession } from './own-record.ts';
import { type SessionMiddleware, type SessionPlan, sessionMiddleware } from './session.ts';

/** Options of {@link sceneSession}. */
export interface SceneSessionOptions<C> extends Omit<OwnRecordOptions, 'strategy'> {
  /** Context property of the session. Default `"session"`. */
  readonly property?: string | undefined;
  /** Makes the session key of an update. Default: a session for each user in a chat. */
  readonly getSessionKey?: ((ctx: C) => Awaitable<string | undefined>) | undefined;
  /** Makes the session of a user who has none. */
  readonly defaultSession?: ((ctx: C) => object) | undefined;
  /** A session store of Telegraf: the place of sessions, or of those to adopt if `machine` or `storage` is given as well. */
  readonly store?: BridgedStore | undefined;
  /** Keeps sessions in the conversation's record of this machine. A machine before it is found without it. */
  readonly machine?: AnyMachine | undefined;
  /**
   * The stage behind the session, if flows, nodes or command trees are on it: the session's record is then also theirs. Register everything
   * on the stage first. Not for sessions in a `machine` or under a `getSessionKey`.
   */
  readonly stage?: StageOfSession | undefined;
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
    keyOf: getSessionKey ?? keyOfTelegraf,
    initial: defaultSession,
    store,
    machine,
    stage,
    own: isMain ? own : { namespace: `session-${property}`, ...own },
    shared: isMain ? 'fsm' : undefined,
    lazy: false,
    writesInitial: false,
  });
}

function keyOfTelegraf(ctx: object): string | undefined {
  const { from, chat } = ctx as { readonly from?: { id: number }; readonly chat?: { id: number } };
  return from === undefined || chat === undefined ? undefined : `${from.id}:${chat.id}`;
}

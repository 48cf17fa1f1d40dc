/** The options of grammY's sessions. */

import type { FsmStorage } from '@telefsm/core';
import type { AnyMachine, OwnRecordOptions } from '@telefsm/core/adapter';
import type { Context, SessionOptions as GrammySessionOptions, StorageAdapter } from 'grammy';

/** Where a session is kept, beside what grammY's `session()` accepts. */
export interface SessionRecordOptions extends Omit<OwnRecordOptions, 'strategy' | 'storage'> {
  /**
   * Keeps the session in the conversation's record of this machine, so that session and state are committed together. The machine is
   * installed first.
   *
   * A session with `getSessionKey` has a record of its own in the machine's storage. Sessions of an adapter of grammY as
   * `storage` are adopted with the first update of their user: moved, or copied if the session is that of a group.
   */
  readonly machine?: AnyMachine;
}

/** Options of {@link session} for one session. */
export type SessionOptions<S, C extends Context> = Omit<GrammySessionOptions<S, C>, 'storage'> &
  SessionRecordOptions & {
    /** A storage of telefsm. An adapter of grammY is bridged, with the guarantees that it can give. Default: the memory of this process. */
    readonly storage?: FsmStorage | StorageAdapter<S>;
  };

/** Options of {@link session} for several sessions in one object. */
export type MultiSessionOptions<S, C extends Context> = {
  readonly type: 'multi';
} & SessionRecordOptions & {
    readonly [K in keyof S]: SessionOptions<S[K], C>;
  };

/** Options of one session, whatever it holds. */
export type LooseOptions = Omit<SessionOptions<unknown, never>, 'storage'> & {
  // biome-ignore lint/suspicious/noExplicitAny: adapters are invariant, and any session may be in one
  readonly storage?: FsmStorage | StorageAdapter<any>;
};

/** Bridges between telefsm's storages and Telegraf's session stores. */

import type { Awaitable, FsmStorage, StoredText } from '@telefsm/core';
import {
  type SessionValues,
  type SessionValuesOptions,
  sessionValues,
  storageOver,
} from '@telefsm/core/adapter';

/** A session store of Telegraf, sync or async, by what is used of it: `@telegraf/session` and `session({ store })`. */
export interface SessionStore<T> {
  get(name: string): Awaitable<T | undefined>;
  set(name: string, value: T): Awaitable<unknown>;
  delete(name: string): Awaitable<unknown>;
}

/**
 * Lifts any of Telegraf's session stores into a storage of telefsm.
 *
 * Updates are in order within one process. Such a store cannot lock out a second process: two processes on it lose updates, and
 * deadlines do not fire by themselves.
 *
 * @throws FsmError `INVALID_OPTION` if an object without the methods of a store is passed
 *
 * @example
 * ```ts
 * import { fromSessionStore, fsm, type StoredText } from '@telefsm/telegraf';
 * import { MemorySessionStore } from 'telegraf';
 *
 * const machine = fsm({ storage: fromSessionStore(new MemorySessionStore<StoredText>()) });
 * ```
 */
export function fromSessionStore(store: SessionStore<StoredText>): FsmStorage {
  return storageOver(store);
}

/**
 * Turns a storage of telefsm into a store for Telegraf's `session({ store })`.
 *
 * For a key with NUL or a lone surrogate, its methods reject with `INVALID_OPTION`.
 *
 * @example
 * ```ts
 * import { memoryStorage, toSessionStore } from '@telefsm/telegraf';
 * import { session } from 'telegraf';
 *
 * const middleware = session({ store: toSessionStore<object>(memoryStorage()) });
 * ```
 */
export function toSessionStore<T>(
  storage: FsmStorage,
  options: SessionValuesOptions = {},
): SessionValues<T> {
  return sessionValues<T>(storage, options);
}

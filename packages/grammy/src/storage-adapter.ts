/** Bridges between telefsm's storages and grammY's `StorageAdapter`. */

import type { FsmStorage, StoredText } from '@telefsm/core';
import {
  type BridgedStore,
  checkStore,
  type SessionValuesOptions,
  sessionValues,
  storageOver,
} from '@telefsm/core/adapter';
import type { StorageAdapter } from 'grammy';

/**
 * Lifts any of grammY's storages into one of telefsm's.
 *
 * Updates are in order within one process. Such a storage cannot lock out a second process: two processes on it lose updates, and
 * deadlines do not fire by themselves.
 *
 * @param adapter - any `@grammyjs/storage-*`; give it no lifetime of its own, use `fsm({ ttl })`
 * @throws FsmError `INVALID_OPTION` if an object without the methods of an adapter is passed
 *
 * @example
 * ```ts
 * import { fromStorageAdapter, fsm, type StoredText } from '@telefsm/grammy';
 * import { MemorySessionStorage } from 'grammy';
 *
 * const machine = fsm({ storage: fromStorageAdapter(new MemorySessionStorage<StoredText>()) });
 * ```
 */
export function fromStorageAdapter(adapter: StorageAdapter<StoredText>): FsmStorage {
  return storageOver(storeOf(adapter));
}

/** An adapter under the names that core's bridges use. */
export function storeOf<T>(adapter: StorageAdapter<T>): BridgedStore<T> {
  checkStore('adapter', adapter, 'read', 'write', 'delete');
  return {
    get: (key) => adapter.read(key),
    set: (key, value) => adapter.write(key, value),
    delete: (key) => adapter.delete(key),
  };
}

/**
 * Turns a storage of telefsm into one of grammY's, for `session({ storage })`.
 *
 * It has `readAllKeys`, `readAllValues` and `readAllEntries` if the storage can list. For a key with NUL or a lone surrogate, its methods
 * reject with `INVALID_OPTION`.
 *
 * @example
 * ```ts
 * import { memoryStorage, toStorageAdapter } from '@telefsm/grammy';
 * import { session } from 'grammy';
 *
 * const storage = memoryStorage();
 * const middleware = session({ initial: () => ({ visits: 0 }), storage: toStorageAdapter(storage) });
 * ```
 */
export function toStorageAdapter<T>(
  storage: FsmStorage,
  options: SessionValuesOptions = {},
): StorageAdapter<T> {
  const values = sessionValues<T>(storage, options);
  const { prefix = 'session:' } = options;
  async function* entries(list: NonNullable<FsmStorage['list']>): AsyncGenerator<[string, T]> {
    for await (const { key, stored } of list.call(storage, { prefix })) {
      yield [key.slice(prefix.length), JSON.parse(stored.text)];
    }
  }
  const { list } = storage;
  return {
    read: values.get,
    write: values.set,
    delete: values.delete,
    has: async (key) => (await values.get(key)) !== undefined,
    ...(list && {
      async *readAllKeys() {
        for await (const [key] of entries(list)) yield key;
      },
      async *readAllValues() {
        for await (const [, value] of entries(list)) yield value;
      },
      readAllEntries: () => entries(list),
    }),
  };
}

/**
 * @module @telefsm/core/storage
 *
 * The contract between core and a storage; `storageContract` of `@telefsm/testing` tests an implementation.
 */

export type { KeyValueStorageOptions } from './storage/key-value-storage.ts';
export type { MemoryLease, MemoryStorageOptions } from './storage/memory-storage.ts';
export type {
  Acquired,
  AcquireOptions,
  CommitAnswer,
  Lease,
  ListQuery,
  StorageFault,
  StorageFeatures,
  StoredConversation,
  Write,
} from './storage/storage.ts';

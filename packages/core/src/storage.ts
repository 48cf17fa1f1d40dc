/**
 * @module @telefsm/core/storage
 *
 * The contract between core and a storage; `storageContract` of `@telefsm/testing` tests an implementation.
 */

export { systemClock } from './base/clock.ts';
export { checkOptionNames } from './base/rules.ts';
export { sharedLeases } from './lease/coordination.ts';
export type { Coordination, Lease, LeaseOptions, Leases, WaitOptions } from './lease/lease.ts';
export type { KeyValueStorageOptions } from './storage/key-value-storage.ts';
export type { MemoryStorageOptions } from './storage/memory-storage.ts';
export type {
  Acquired,
  AcquireOptions,
  Busy,
  CommitAnswer,
  Granted,
  LeaseHolder,
  ListQuery,
  StorageFault,
  StorageFeatures,
  StorageStatements,
  StoredConversation,
  Write,
} from './storage/statements.ts';
export { leaseTimes } from './storage/times.ts';

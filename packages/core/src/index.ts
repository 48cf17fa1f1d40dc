/**
 * @module @telefsm/core
 *
 * Conversations for Telegram bots, whatever the framework. Bot authors import from `@telefsm/grammy` or `@telefsm/telegraf`, which
 * re-export everything here that they need.
 */

// Time
export type { Clock, Duration } from './clock.ts';
export { systemClock, toMs } from './clock.ts';
// Errors
export type { AnyFsmError, FsmErrorCode, FsmErrorDetails } from './errors.ts';
export { errorCatalogue, FsmError, isFsmError } from './errors.ts';
// Storages of core's own
export type { KeyValueStorageOptions, KeyValueStore } from './key-value-storage.ts';
export { keyValueStorage } from './key-value-storage.ts';
export type { MemoryLease, MemoryStorage, MemoryStorageOptions } from './memory-storage.ts';
export { memoryStorage } from './memory-storage.ts';
// Schemas
export type { Schema, SchemaIssue, SchemaResult, StandardSchemaV1 } from './schema.ts';
export { typed } from './schema.ts';
// States
export type {
  AnyGroup,
  AnyState,
  DataOf,
  GoodName,
  Group,
  IdOf,
  NoState,
  State,
  StateOptions,
  StateSpec,
  StatesIn,
  StateTree,
  Target,
} from './states.ts';
export { anyState, contains, noState, state, states, statesOf } from './states.ts';
// Storage
export type {
  Acquired,
  AcquireOptions,
  CommitAnswer,
  FsmStorage,
  Lease,
  ListQuery,
  StorageFault,
  StorageFeatures,
  StoredConversation,
  StoredText,
  Write,
} from './storage.ts';
// Types that others are made of
export type {
  Awaitable,
  Complaint,
  Simplify,
  Storable,
  UnionToIntersection,
} from './type-tools.ts';

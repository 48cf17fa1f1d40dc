/**
 * @module @telefsm/grammy/session
 *
 * grammY's sessions, inside the turn.
 */

export type {
  Enhance,
  LazySessionFlavor,
  MigrationOptions,
  SessionFlavor,
  StorageAdapter,
} from 'grammy';
export { enhanceStorage, MemorySessionStorage } from 'grammy';
export type {
  MultiSessionOptions,
  SessionOptions,
  SessionRecordOptions,
} from './session/options.ts';
export { lazySession, session } from './session/session.ts';

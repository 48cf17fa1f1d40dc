/**
 * @module @telefsm/storage-cloudflare
 *
 * Keeps telefsm conversations in SQLite-backed Durable Objects of Cloudflare, and fires their deadlines by alarms.
 */

export type { Calls, Page, Shard } from './calls.ts';
export type {
  ObjectId,
  ObjectNamespace,
  ObjectState,
  ObjectStorage,
  Row,
  ShardRequest,
  ShardResponse,
  Value,
} from './platform.ts';
export { ConversationShard } from './shard.ts';
export {
  type DurableObjectStorage,
  type DurableObjectStorageOptions,
  durableObjectStorage,
} from './storage.ts';

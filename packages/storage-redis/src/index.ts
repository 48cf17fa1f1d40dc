/**
 * @module @telefsm/storage-redis
 *
 * Conversations in Redis or Valkey: one node, Sentinel or Cluster, by a client of `ioredis`, `redis`, `iovalkey`, GLIDE, Upstash or Bun.
 */

export type { RedisClient } from './clients.ts';
export type {
  BunRedisClient,
  CommandClient,
  GlideClient,
  ScriptClient,
  UpstashClient,
} from './command-clients.ts';
export type { IoRedisClient } from './ioredis.ts';
export type {
  NodeRedisClient,
  NodeRedisCluster,
  NodeRedisConnection,
  NodeRedisSentinel,
} from './node-redis.ts';
export type { RedisStorage, RedisStorageOptions } from './redis-storage.ts';
export { redisStorage } from './redis-storage.ts';
export type { RedisWarning } from './warnings.ts';

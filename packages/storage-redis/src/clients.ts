/** All Redis clients, and one interface to them. */

import { FsmError } from '@telefsm/core';
import { type CommandClient, commandPortOf } from './command-clients.ts';
import { type IoRedisClient, ioredisPort } from './ioredis.ts';
import {
  type NodeRedisClient,
  type NodeRedisCluster,
  type NodeRedisSentinel,
  nodeRedisPortOf,
} from './node-redis.ts';
import type { RedisPort } from './port.ts';

/** A connected client that the storage is handed; it stays the caller's to close. */
export type RedisClient =
  | IoRedisClient
  | NodeRedisClient
  | NodeRedisSentinel
  | NodeRedisCluster
  | CommandClient;

/**
 * Makes the interface to a client.
 *
 * @throws FsmError `INVALID_OPTION` when it is none of the known clients, or puts a prefix before every key
 */
export function portOf(client: RedisClient): RedisPort {
  const port = typeof client === 'object' && client !== null ? knownPort(client) : undefined;
  if (port !== undefined) return port;
  throw new FsmError('INVALID_OPTION', {
    option: 'client',
    expected:
      'a client of ioredis, redis, iovalkey, @valkey/valkey-glide, @upstash/redis or Bun, or an object with eval(script, keys, args)',
    found: client === null ? 'null' : typeof client,
  });
}

function knownPort(client: RedisClient): RedisPort | undefined {
  if ('call' in client) return ioredisPort(client);
  return nodeRedisPortOf(client) ?? commandPortOf(client);
}

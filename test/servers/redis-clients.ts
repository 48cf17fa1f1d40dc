/** Every kind of Redis client, for tests that have to hold with each. */

import type { RedisClient } from '@telefsm/storage-redis';
import { Cluster, Redis } from 'ioredis';
import { createClient, createCluster, createSentinel } from 'redis';
import type { RedisServer } from './redis.ts';
import type { RedisClusterServers } from './redis-cluster.ts';
import type { RedisSentinelServers } from './redis-sentinel.ts';

/** A connected client, and how to end it. */
export interface OpenClient {
  readonly client: RedisClient;
  close(): void;
}

/** One kind of client. */
export interface ClientKind<Servers> {
  readonly name: string;
  open(servers: Servers): Promise<OpenClient>;
}

/** Where a single node is reached. */
export type Address = Pick<RedisServer, 'host' | 'port' | 'password'>;

/** Clients of one node. */
export const singleClients: readonly ClientKind<Address>[] = [
  {
    name: 'ioredis',
    open: async ({ host, port, password }) =>
      ofIoredis(new Redis({ host, port, ...(password !== undefined && { password }) })),
  },
  {
    name: 'redis',
    open: async ({ host, port, password }) =>
      ofRedis(
        createClient({ socket: { host, port }, ...(password !== undefined && { password }) }),
      ),
  },
];

/** Clients that find the master through sentinels. */
export const sentinelClients: readonly ClientKind<RedisSentinelServers>[] = [
  {
    name: 'ioredis',
    open: async ({ name, sentinels }) => ofIoredis(new Redis({ name, sentinels: at(sentinels) })),
  },
  {
    name: 'redis',
    open: async ({ name, sentinels }) =>
      ofRedis(createSentinel({ name, sentinelRootNodes: at(sentinels) })),
  },
];

/** Clients of a Cluster. */
export const clusterClients: readonly ClientKind<RedisClusterServers>[] = [
  { name: 'ioredis', open: async ({ nodes }) => ofIoredis(new Cluster(at(nodes))) },
  {
    name: 'redis',
    open: async ({ nodes }) =>
      ofRedis(createCluster({ rootNodes: nodes.map(({ url }) => ({ url })) })),
  },
];

function at(servers: readonly RedisServer[]): { host: string; port: number }[] {
  return servers.map(({ host, port }) => ({ host, port }));
}

function ofIoredis(client: Redis | Cluster): OpenClient {
  client.on('error', () => {});
  return { client, close: () => client.disconnect() };
}

interface RedisConnection {
  on(event: 'error', listener: () => void): unknown;
  connect(): Promise<unknown>;
  destroy(): unknown;
}

async function ofRedis(client: RedisConnection & RedisClient): Promise<OpenClient> {
  client.on('error', () => {});
  await client.connect();
  return { client, close: () => void client.destroy() };
}

/**
 * A storage that several processes share, for the examples that need one. In a bot of your own:
 *
 *     import { redisStorage } from '@telefsm/storage-redis';
 *     import { Redis } from 'ioredis';
 *
 *     const storage = redisStorage(new Redis(url));
 *
 * The paths below stand for these two names: the examples of this repository share their Redis with its tests.
 */

import type { FsmStorage } from '@telefsm/core';
import { redisStorage } from '../../packages/storage-redis/src/index.ts';
import { singleClients } from '../../test/servers/redis-clients.ts';

/** A storage, and how to end its connection. */
export interface SharedStorage {
  readonly storage: FsmStorage;
  readonly close: () => void;
}

/** Connects to Redis. */
export async function sharedStorage(port: number): Promise<SharedStorage> {
  const [ioredis] = singleClients;
  const address = { host: '127.0.0.1', port, password: undefined };
  const { client, close } = await (ioredis as (typeof singleClients)[0]).open(address);
  return { storage: redisStorage(client), close };
}

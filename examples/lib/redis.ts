/** A storage that several processes share, for the examples that need one. */

import type { FsmStorage } from '@telefsm/core';
import { redisStorage } from '@telefsm/storage-redis';
import { Redis } from 'ioredis';

/** A storage, and how to end its connection. */
export interface SharedStorage {
  readonly storage: FsmStorage;
  readonly close: () => void;
}

/** Connects to a Redis of this host. */
export function sharedStorage(port: number): SharedStorage {
  const client = new Redis({ host: '127.0.0.1', port });
  return { storage: redisStorage(client), close: () => client.disconnect() };
}

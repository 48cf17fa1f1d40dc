/** The storage contract on a real Redis, through the client that is named as an argument. */

import { redisStorage } from '@telefsm/storage-redis';
import { judge } from './contract.mjs';

const url = process.env.REDIS_URL;
const openers = {
  async ioredis() {
    const { Redis } = await import('ioredis');
    return new Redis(url);
  },
  async redis() {
    const { createClient } = await import('redis');
    return await createClient({ url }).connect();
  },
};
const open = openers[process.argv[2]];
const [one, two] = [await open(), await open()];
const prefix = `runtimes-${process.pid}-${process.argv[2]}`;

await judge(() => ({
  storage: redisStorage(one, { prefix }),
  another: () => redisStorage(two, { prefix }),
}));

import { redisStorage } from '@telefsm/storage-redis';
import { Redis } from 'ioredis';

const redis = new Redis(process.env['REDIS_URL'] ?? 'redis://localhost:6379', {
  lazyConnect: true,
});
redis.on('error', (error) => console.error('Redis:', error.message));

/** Conversations are kept in Redis. Set `maxmemory-policy noeviction` there. */
export const storage = redisStorage(redis);

export async function closeStorage(): Promise<void> {
  storage.close();
  await redis.quit();
}

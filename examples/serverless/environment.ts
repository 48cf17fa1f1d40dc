/** The settings of a deployed function, from its environment variables. */

import { redisStorage } from '@telefsm/storage-redis';
import { Redis } from 'ioredis';
import type { Settings } from './function.ts';

/**
 * Reads the settings, and connects to Redis.
 *
 * Call it once per instance, outside the handler: platforms keep an instance for many calls.
 *
 * @throws Error if the token is missing
 */
export function readEnvironment(env: NodeJS.ProcessEnv): Settings {
  const { BOT_TOKEN, WEBHOOK_SECRET, CRON_SECRET, BOT_API, REDIS_PREFIX = 'bot' } = env;
  const { REDIS_URL = 'redis://127.0.0.1:6379' } = env;
  if (!BOT_TOKEN) throw new Error('Set BOT_TOKEN to the token that @BotFather gave you.');
  return {
    token: BOT_TOKEN,
    secret: WEBHOOK_SECRET,
    storage: redisStorage(new Redis(REDIS_URL), { prefix: REDIS_PREFIX }),
    ...(BOT_API !== undefined && { apiRoot: BOT_API }),
    ...(CRON_SECRET !== undefined && { cronSecret: CRON_SECRET }),
  };
}

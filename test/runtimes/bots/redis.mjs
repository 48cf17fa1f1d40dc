import { redisStorage } from '@telefsm/storage-redis';
import { Redis } from 'ioredis';
import { answers } from './bot.mjs';

const client = new Redis(process.env.REDIS_URL);
void answers(redisStorage(client, { prefix: process.argv[2] })).then(() => process.exit(0));

/** The storage contract on a real Redis, through the client that is named as an argument. */

import assert from 'node:assert/strict';
import { redisStorage } from '@telefsm/storage-redis';
import { judge } from './contract.mjs';

const url = process.env.REDIS_URL;
const openers = {
  async ioredis() {
    const { Redis } = await import('ioredis');
    const client = new Redis(url);
    return { client, send: ([name, ...words]) => client.call(name, ...words) };
  },
  async redis() {
    const { createClient } = await import('redis');
    const client = await createClient({ url }).connect();
    return { client, send: (words) => client.sendCommand(words) };
  },
  async bun() {
    const { RedisClient } = await import('bun');
    const client = new RedisClient(url);
    return { client, send: ([name, ...words]) => client.send(name, words) };
  },
};
const open = openers[process.argv[2]];
const [one, two] = [await open(), await open()];
const prefix = `runtimes-${process.pid}-${process.argv[2]}`;

/** Moves the stored instants of a conversation. */
const shiftScript = `
local key, ms = KEYS[1], tonumber(ARGV[1])
for _, field in ipairs({ 'd', 'e', 'k' }) do
  local at = redis.call('HGET', key, field)
  if at then redis.call('HSET', key, field, string.format('%.0f', at + ms)) end
end
local lock = redis.call('HGET', key, 'l')
if lock and lock ~= '' then
  local space = string.find(lock, ' ', 1, true)
  redis.call('HSET', key, 'l', string.format('%.0f', string.sub(lock, 1, space - 1) + ms) .. string.sub(lock, space))
end
return 1`;

async function shift(key, ms) {
  const names = await one.send(['KEYS', `${prefix}:{*}:c:${key}`]);
  assert.ok(names.length < 2, `${names.length} hashes have the key ${key}`);
  for (const name of names) await one.send(['EVAL', shiftScript, '1', name, String(ms)]);
}

const exceptions = { granted: 'the storage opens no subscription over the client of Bun' };
await judge(
  () => ({
    storage: redisStorage(one.client, { prefix }),
    another: () => redisStorage(two.client, { prefix }),
    shift,
  }),
  process.argv[2] === 'bun' ? { exceptions } : {},
);

import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RedisServer, startRedis } from '../../../test/servers/redis.ts';
import { redisStorage } from '../src/index.ts';
import { layoutOf } from '../src/layout.ts';

let server: RedisServer;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());

describe('hashes of the first edition', () => {
  it('are read on: records, deadlines, and leases of processes that still run', async () => {
    const client = new Redis({ port: server.port });
    const layout = layoutOf('first', 64);
    const name = (key: string) => layout.conversation(key);
    const later = String(Date.now() + 3_600_000);
    const until = Date.now() + 15_000;
    await client.hset(name('free'), { r: '{"v":1}', s: 'Form:name', l: '', d: later, k: later });
    await client.hset(name('held'), { r: '{"v":1}', s: '', l: `${until} old.1` });

    const storage = redisStorage(client, { prefix: 'first' });
    const ask = { token: 'new.1', lease: 5000, queue: false };
    const free = await storage.acquire('free', ask);
    expect(free).toMatchObject({ stored: { text: '{"v":1}', deadlineIn: expect.any(Number) } });
    const next = { text: '{"v":1,"d":{}}', state: null };
    expect(await storage.commit('free', { token: 'new.1', fence: free.fence }, next)).toBe('done');
    expect(await storage.acquire('held', ask)).toMatchObject({ owner: 'old.1', fence: 0 });

    // a process of the first edition releases by its own script, which knows no fence
    await client.hset(name('held'), 'l', '');
    const held = await storage.acquire('held', ask);
    expect(held).toMatchObject({ stored: { text: '{"v":1}' } });
    // and where it takes the conversation over, the new holder is refused
    await client.hset(name('held'), 'l', `${until} old.2`);
    const late = { token: 'new.1', fence: held.fence };
    expect(await storage.commit('held', late, next)).toBe('rejected');
    client.disconnect();
  });
});

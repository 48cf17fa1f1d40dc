/** The keys that the server deletes by itself, and when: never a record that is needed, never a lock that is in use. */

import fc from 'fast-check';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { acquire, type Lease } from '../../../test/servers/lease.ts';
import type { RedisServer } from '../../../test/servers/redis.ts';
import { startRedis } from '../../../test/servers/redis.ts';
import { redisStorage } from '../src/index.ts';
import { layoutOf } from '../src/layout.ts';
import { taken } from './acquiring.ts';

let server: RedisServer;
let client: Redis;
beforeAll(async () => {
  server = await startRedis();
  client = new Redis(server.port);
});
afterAll(async () => {
  client.disconnect();
  await server.stop();
});

const day = 86_400_000;
const minute = 60_000;

describe('a conversation on the server', () => {
  it('has an expiry only for a lifetime or a lock without a record, whatever happened before', async () => {
    const storage = redisStorage(client, { prefix: 'walk' });
    const stop = await storage.granted?.(() => {});
    const layout = layoutOf('walk', 64);
    const step = fc.record({
      who: fc.nat({ max: 2 }),
      what: fc.constantFrom('take', 'take', 'ask', 'write', 'keep', 'delete', 'release', 'renew'),
      ttl: fc.option(fc.integer({ min: minute, max: 30 * day }), { nil: undefined }),
      deadlineIn: fc.option(fc.integer({ min: minute, max: day }), { nil: undefined }),
    });
    let walks = 0;
    let tokens = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 25 }), async (steps) => {
        const key = `walk ${++walks}`;
        const leases = new Map<number, Lease>();
        for (const { who, what, ttl, deadlineIn } of steps) {
          const lease = leases.get(who);
          const write = {
            text: '{}',
            state: null,
            ...(ttl !== undefined && { ttl }),
            ...(deadlineIn !== undefined && { deadlineIn }),
          };
          if (what === 'take' || what === 'ask') {
            const queue = what === 'ask';
            const token = `t.${++tokens}`;
            const answer = await acquire(storage, key, { token, lease: minute, queue });
            if (!('busy' in answer)) leases.set(who, answer);
          } else if (what === 'write') await lease?.commit(write);
          else if (what === 'keep') await lease?.commit(write, minute);
          else if (what === 'delete') await lease?.commit(undefined);
          else if (what === 'renew') await lease?.renew(minute);
          else await lease?.release();
          await assertExpiry(layout.conversation(key));
        }
      }),
      { numRuns: 300 },
    );
    stop?.();
  });

  async function assertExpiry(name: string): Promise<void> {
    const [fields, left, [seconds, micros]] = await Promise.all([
      client.hgetall(name),
      client.pttl(name),
      client.time(),
    ]);
    const now = Number(seconds) * 1000 + Math.floor(Number(micros) / 1000);
    const { r: text, e: expiry, d: deadline, k: indexed, l: lock } = fields;
    const held = lock !== undefined && lock !== '';
    if (text === undefined && !held) expect(left, 'nothing is left of it').toBe(-2);
    else if (text === undefined)
      expect(left, 'a lock is kept for long').toBeGreaterThan(day - minute);
    else if (expiry === undefined) expect(left, 'a record without a lifetime stays').toBe(-1);
    else {
      const lifetime = Number(expiry) - now;
      if (held) expect(left, 'a lock outlives its record').toBeGreaterThan(lifetime + day - minute);
      else expect(Math.abs(left - lifetime), 'it ends with its lifetime').toBeLessThan(minute);
    }
    expect(indexed === undefined, 'the index knows of a deadline, and of nothing else').toBe(
      deadline === undefined,
    );
    if (deadline !== undefined) {
      expect(Number(indexed), 'the index never looks late').toBeLessThanOrEqual(Number(deadline));
    }
  }

  it('that a process left locked keeps a lifetime of many days', async () => {
    const storage = redisStorage(client, { prefix: 'long' });
    const first = await taken(storage, 'k', 't.1');
    await first.commit({ text: '{}', state: null, ttl: 30 * day });
    await taken(storage, 'k', 't.2', 1);
    expect(await client.pttl(layoutOf('long', 64).conversation('k'))).toBeGreaterThan(29 * day);
  });
});

describe('a process whose clock is wrong', () => {
  it.each([-1, 1])('by %d hours sees the same lengths as any other', async (hours) => {
    const prefix = `skew${hours + 1}`;
    const right = redisStorage(client, { prefix });
    const wrong = redisStorage(client, { prefix });
    const skewed = async <T>(work: () => Promise<T>): Promise<T> => {
      vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + hours * 60 * minute });
      try {
        return await work();
      } finally {
        vi.useRealTimers();
      }
    };
    const near = (ms: number | undefined) => {
      expect(ms).toBeLessThanOrEqual(minute);
      expect(ms).toBeGreaterThan(minute / 2);
    };

    const lease = await skewed(() => taken(wrong, 'k', 't.1', minute));
    const answer = await acquire(right, 'k', { token: 't.2', lease: minute, queue: false });
    near('busy' in answer ? answer.busy : undefined);
    await skewed(async () =>
      lease.commit({ text: '{}', state: null, ttl: day, deadlineIn: minute }),
    );
    near((await right.peek('k'))?.deadlineIn);
    near((await skewed(() => wrong.peek('k')))?.deadlineIn);
    expect(await right.due(10, minute)).toEqual([]);
    expect(await skewed(() => wrong.due(10, minute))).toEqual([]);
    await (await taken(right, 'k', 't.3')).commit({ text: '{}', state: null, deadlineIn: 0 });
    expect(await skewed(() => wrong.due(10, minute))).toEqual(['k']);
    expect(await right.due(10, minute)).toEqual([]);
  });
});

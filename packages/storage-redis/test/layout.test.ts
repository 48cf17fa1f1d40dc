/** Where conversations live, and what survives the way there and back. */

import fc from 'fast-check';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RedisServer } from '../../../test/servers/redis.ts';
import { startRedis } from '../../../test/servers/redis.ts';
import { evenTags, layoutOf } from '../src/layout.ts';
import { listConversations } from '../src/listing.ts';
import type { RedisPort } from '../src/port.ts';
import { decodeText, encodeText } from '../src/text.ts';

describe('hash tags', () => {
  let server: RedisServer;
  let client: Redis;
  beforeAll(async () => {
    server = await startRedis({ directives: ['cluster-enabled yes'] });
    client = new Redis(server.port);
  });
  afterAll(async () => {
    client.disconnect();
    await server.stop();
  });

  it.each([1, 3, 64, 1000])('divide the slots evenly into %d', async (buckets) => {
    const tags = evenTags(buckets);
    expect(new Set(tags).size).toBe(buckets);
    const slots = await Promise.all(tags.map((tag) => client.cluster('KEYSLOT', tag)));
    slots.forEach((slot, bucket) => {
      expect(slot).toBeGreaterThanOrEqual((bucket * 16_384) / buckets);
      expect(slot).toBeLessThan(((bucket + 1) * 16_384) / buckets);
    });
  });

  it('put a conversation and its index into one slot', async () => {
    const layout = layoutOf('telefsm', 64);
    for (const key of ['b1:c5', '{x}', 'a}b', '\uD800']) {
      const names = [layout.conversation(key), layout.index(key)];
      const [one, other] = await Promise.all(names.map((name) => client.cluster('KEYSLOT', name)));
      expect(one).toBe(other);
      expect(layout.indexes).toContain(layout.index(key));
    }
  });
});

const anyText = fc.string({
  unit: fc.nat({ max: 0xffff }).map((unit) => String.fromCharCode(unit)),
});

describe('text', () => {
  it('of any kind is carried by UTF-8 and comes back', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const carried = Buffer.from(encodeText(text), 'utf8').toString('utf8');
        expect(decodeText(carried)).toBe(text);
      }),
    );
  });

  it('that UTF-8 carries is left as it is', () => {
    for (const text of ['{"a":1}', '\0', 'привет 😀', '\uFEFF', '']) {
      expect(encodeText(text)).toBe(text);
    }
  });

  it('of a key is found again by its name', () => {
    const layout = layoutOf('telefsm', 64);
    fc.assert(
      fc.property(anyText, (key) => {
        expect(layout.keyOf(layout.conversation(key))).toBe(key);
      }),
    );
  });

  it('of two keys never meets in one name', () => {
    fc.assert(
      fc.property(anyText, anyText, (one, other) => {
        fc.pre(one !== other);
        expect(encodeText(one)).not.toBe(encodeText(other));
      }),
    );
  });
});

it('a listing fails while the client of a cluster has no primary', async () => {
  const port = { primaries: async () => [] } as unknown as RedisPort;
  const listing = listConversations(port, layoutOf('telefsm', 64), async () => undefined, {});
  await expect(listing.next()).rejects.toThrow('has no primary');
});

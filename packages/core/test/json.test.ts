/** Data as conversations keep it: what is copied, and how its size is counted. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { frozenData, type JsonObject, mergedData, roughSize, thawed } from '../src/base/json.ts';

const value = fc.jsonValue({ maxDepth: 2 });
const name = fc.constantFrom('a', 'b', 'c', 'd', '__proto__');
const patch = fc.dictionary(name, fc.oneof(value, fc.constant(undefined)), { maxKeys: 3 });
/** Longer than the sizes that are counted anew each time. */
const filler = { long: 'x'.repeat(2000), list: [{ text: 'y'.repeat(2000) }] };

describe('data', () => {
  it('keeps what it shares with the data before, at any depth', () => {
    const before = frozenData({ order: { items: [{ name: 'tea' }], note: {} } }, 'data');
    const { order } = before as { order: { items: object[]; note: object } };
    const change = { order: { ...order, items: [...order.items, { name: 'milk' }] } };
    for (const after of [frozenData(change, 'data', before), mergedData(before, change, 'data')]) {
      const now = after['order'] as typeof order;
      expect(now).toEqual({ items: [{ name: 'tea' }, { name: 'milk' }], note: {} });
      expect(now.items[0]).toBe(order.items[0]);
      expect(now.note).toBe(order.note);
      expect([now, now.items, now.items[1]].every(Object.isFrozen)).toBe(true);
    }
  });

  it('copies what is only equal to the data before, so that its owner cannot change it', () => {
    const before = frozenData({ items: [{ name: 'tea' }] }, 'data');
    const own = { items: [{ name: 'tea' }] };
    const after = frozenData(own, 'data', before);
    own.items[0] = { name: 'milk' };
    expect(after).toEqual(before);
  });

  it('has the same size after any changes as if it were counted at once', () => {
    fc.assert(
      fc.property(fc.array(patch, { minLength: 1, maxLength: 6 }), (patches) => {
        let data: JsonObject = frozenData(filler, 'data');
        roughSize(data);
        for (const each of patches) {
          data = mergedData(data, each, 'data');
          expect(roughSize(data)).toBe(roughSize(thawed(data)));
        }
      }),
      { numRuns: 300 },
    );
  });

  it('has another size when a large member is replaced or removed', () => {
    const data = frozenData(filler, 'data');
    const size = roughSize(data);
    expect(size - roughSize(mergedData(data, { long: 'x' }, 'data'))).toBe(1999);
    expect(roughSize(mergedData(data, { list: undefined }, 'data'))).toBeLessThan(size - 2000);
  });
});

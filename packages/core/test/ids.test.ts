import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  hasSeen,
  leastOfOne,
  listIds,
  mostIds,
  noIds,
  type TurnId,
  withId,
} from '../src/record/ids.ts';

const id: fc.Arbitrary<TurnId> = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 5000, max: 5200 }) },
  { weight: 2, arbitrary: fc.nat({ max: 2 ** 45 }) },
  { weight: 1, arbitrary: fc.string({ minLength: 1, maxLength: 3 }) },
);

/** The remembered ids, by a plain rule: the last ones, and of those before them the ones near the newest update. */
function plainly(seen: readonly TurnId[], next: TurnId, least: number): readonly TurnId[] {
  if (seen.includes(next)) return seen;
  const all = [...seen, next];
  const newest = all.findLast((one) => typeof one === 'number') ?? Number.NaN;
  const kept = all.filter(
    (one, at) =>
      at >= all.length - least ||
      (typeof one === 'number' && Math.abs(Number(newest) - one) <= 1000),
  );
  return kept.slice(-mostIds);
}

describe('the ids of a record', () => {
  it('are the set that a plain list of them would be', () => {
    fc.assert(
      fc.property(
        fc.array(id, { maxLength: 200 }),
        fc.constantFrom(2, leastOfOne, mostIds),
        fc.array(id, { maxLength: 5 }),
        (arriving, least, others) => {
          let ids = noIds;
          let plain: readonly TurnId[] = [];
          for (const one of arriving) {
            ids = withId(ids, one, least);
            plain = plainly(plain, one, least);
          }
          expect(listIds(ids)).toEqual(plain);
          for (const one of [...arriving, ...others]) {
            expect(hasSeen(ids, one)).toBe(plain.includes(one));
          }
        },
      ),
    );
  });

  it('are the same object where nothing is added', () => {
    const ids = withId(noIds, 7, leastOfOne);
    expect(withId(ids, 7, leastOfOne)).toBe(ids);
  });
});

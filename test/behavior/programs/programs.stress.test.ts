import fc from 'fast-check';
import { describe, it } from 'vitest';
import { sized } from '../../setup/size.ts';
import { properties } from './properties.ts';

describe('many random programs of a bot', () => {
  it.each(properties)(
    '%s',
    async (_, property) => {
      await fc.assert(property, { numRuns: sized({ quick: 200, full: 20_000 }) });
    },
    14_400_000,
  );
});

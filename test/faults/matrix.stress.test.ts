/** The whole crash matrix: five faults at eleven points of an update, on every engine. */

import { afterAll, describe, expect, it } from 'vitest';
import type { Address } from '../processes/engines.ts';
import { removeBots } from '../processes/stage.ts';
import { absence, type Fault, points } from './matrix.ts';
import { describeMatrix } from './matrix-cells.ts';

const faults: readonly Fault[] = ['killed', 'stopped', 'cut before', 'cut after', 'restarted'];
const engines: readonly Address['engine'][] = ['redis', 'postgres', 'mariadb', 'sqlite'];

afterAll(removeBots);

describe.each(engines)('on %s', (name) => {
  it('every cell of the matrix is tried, or its absence is explained', () => {
    const absent = faults.flatMap((fault) => absence(name, fault) ?? []);
    expect(faults.length * points.length).toBe(55);
    expect(absent).toHaveLength(name === 'sqlite' ? 3 : 0);
  });
});

for (const name of engines) {
  describeMatrix(name, {
    killed: points,
    stopped: points,
    'cut before': points,
    'cut after': points,
    restarted: points,
  });
}

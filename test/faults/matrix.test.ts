/** One cell of the crash matrix for each kind of fault and engine. Paused processes are in `paused.test.ts`, the whole matrix in the stress tier. */

import { afterAll } from 'vitest';
import { removeBots } from '../processes/stage.ts';
import { points } from './matrix.ts';
import { describeMatrix } from './matrix-cells.ts';

afterAll(removeBots);

const at = (...names: readonly string[]) => points.filter(({ name }) => names.includes(name));

for (const name of ['redis', 'postgres', 'mariadb', 'sqlite'] as const) {
  describeMatrix(name, {
    killed: at('held', 'commit applied', 'speaking'),
    stopped: [],
    'cut before': at('commit sent'),
    'cut after': at('commit sent'),
    restarted: at('held', 'commit applied'),
  });
}

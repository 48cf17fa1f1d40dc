/** Types in projects without `strictNullChecks`. */

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../../', import.meta.url));

it('answers, data and services are typed without strictNullChecks', async () => {
  const compiler = `${root}node_modules/typescript-7/bin/tsc`;
  const project = fileURLToPath(new URL('loose', import.meta.url));
  const lines = await new Promise<readonly string[]>((resolve) => {
    // sources are compiled along, and are not made for these options: only the lines of the fixture count
    execFile(process.execPath, [compiler, '-p', project, '--listFiles'], { cwd: root }, (_, out) =>
      resolve(out.split('\n')),
    );
  });
  const own = lines.filter((line) => line.includes('loose/answers.types.ts'));
  expect(own).toEqual([expect.stringMatching(/answers\.types\.ts$/)]);
}, 60_000);

/** Builds every package, and wants every file that a package's `exports` promise. */

import { statSync } from 'node:fs';
import { join } from 'node:path';
import { build, expectedFiles } from '../lib/build.mjs';
import { finish } from '../lib/outcome.mjs';
import { root } from '../lib/workspace.mjs';

try {
  await build();
  const { files, missing } = expectedFiles();
  const kilobytes = files
    .filter((path) => !missing.includes(path))
    .reduce((sum, path) => sum + statSync(join(root, path)).size / 1000, 0);
  finish(
    missing.map((path) => `${path} is promised by the package's exports and was not built.`),
    `${files.length - missing.length} of ${files.length} files, ${kilobytes.toFixed(0)} kB`,
  );
} catch (error) {
  finish([error.message], 'nothing was built');
}

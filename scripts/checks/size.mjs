/** Measures what a bot's bundle grows by, minified and gzipped, against the limits of `.size-limit.mjs`. */

import { ensureBuilt } from '../lib/build.mjs';
import { finish } from '../lib/outcome.mjs';
import { run, tool } from '../lib/processes.mjs';

await ensureBuilt();
const { status, output } = await run([...tool('size-limit'), '--json']);
const begin = output.indexOf('[');
const measured = begin < 0 ? [] : JSON.parse(output.slice(begin));
const kilobytes = (bytes) => `${(bytes / 1000).toFixed(2)} kB`;
const problems = measured
  .filter(({ passed }) => !passed)
  .map(
    ({ name, size, sizeLimit }) =>
      `${name} takes ${kilobytes(size)}; the limit is ${kilobytes(sizeLimit)}.`,
  );
// An empty bundle means that the measurement went wrong, not that the package is small.
for (const { name, size } of measured) if (size < 100) problems.push(`${name} is empty.`);
if (measured.length === 0 || (status !== 0 && problems.length === 0)) problems.push(output);
finish(problems, measured.map(({ name, size }) => `${name} ${kilobytes(size)}`).join(', '));

/** Formats and lints with Biome, where a warning is a failure. */

import { finish } from '../lib/outcome.mjs';
import { run, tool } from '../lib/processes.mjs';

const options = [
  '--error-on-warnings',
  '--max-diagnostics=100',
  '--colors=off',
  '--no-errors-on-unmatched',
];
const { status, output } = await run([...tool('@biomejs/biome'), 'ci', ...options, '.']);
const checked = /Checked (\d+) files/.exec(output);
const files = Number(checked?.[1] ?? 0);
const problems = status === 0 && files > 0 ? [] : [output.trimEnd()];
finish(problems, `${files} files formatted and linted`);

/**
 * Runs every check of the repository, one line each, and ends with `N passed, N failed`.
 *
 * `npm run check -- --only lint,types` runs some of them. Each is also a script of its own: `npm run lint`.
 */

import { parseArgs } from 'node:util';
import { run } from './lib/processes.mjs';
import { readJson } from './lib/workspace.mjs';

/** In this order, so that a plain mistake is told before an expensive one; each is a script of package.json that starts Node. */
const names = [
  'hygiene',
  'lint',
  'types',
  'deps',
  'unused',
  'budgets',
  'audit',
  'changesets',
  'build',
  'generated',
  'snippets',
  'api',
  'counts',
  'size',
  'packages',
  'walkthrough',
];

const { values } = parseArgs({ options: { only: { type: 'string' } } });
const chosen = values.only?.split(',').map((name) => name.trim()) ?? names;
const unknown = chosen.filter((name) => !names.includes(name));
if (unknown.length > 0) {
  console.error(`There is no check '${unknown.join("', '")}'. The checks: ${names.join(', ')}.`);
  process.exit(2);
}
const { scripts } = readJson('package.json');
const failed = [];
for (const name of names.filter((each) => chosen.includes(each))) {
  const [program, ...args] = scripts[name]?.split(' ') ?? [];
  const { status, output, ms } =
    program === 'node'
      ? await run([process.execPath, ...args])
      : {
          status: 1,
          output: `package.json needs a script '${name}' that starts with 'node'.`,
          ms: 0,
        };
  const lines = output.trimEnd().split('\n');
  const seconds = `${(ms / 1000).toFixed(1)} s`.padStart(7);
  const verdict = status === 0 ? 'passed' : 'FAILED';
  console.log(`${verdict}  ${name.padEnd(11)} ${seconds}  ${lines.at(-1)}`);
  if (status !== 0) {
    failed.push(name);
    for (const line of lines.slice(0, -1)) console.log(`    ${line}`);
  }
}
if (failed.length > 0) console.log(`failed: ${failed.join(', ')}`);
console.log(`${chosen.length - failed.length} passed, ${failed.length} failed`);
process.exitCode = failed.length > 0 ? 1 : 0;

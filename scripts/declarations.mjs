/**
 * Compiles the built declarations with every supported TypeScript.
 *
 * `skipLibCheck` would skip our declarations too, so it is off. Errors inside the declarations of the frameworks are ignored.
 */

import { spawnSync } from 'node:child_process';

const options = [
  '-p',
  'tsconfig.declarations.json',
  '--skipLibCheck',
  'false',
  '--pretty',
  'false',
];
for (const version of ['typescript-5', 'typescript', 'typescript-7']) {
  const command = [`node_modules/${version}/bin/tsc`, ...options];
  const { status, stdout, stderr } = spawnSync(process.execPath, command, { encoding: 'utf8' });
  const problems = stdout.split('\n').filter((line) => /^(packages\/|error TS)/.test(line));
  if (status !== 0 && !stdout.includes('error TS')) problems.push(stdout, stderr);
  for (const problem of problems) console.error(`${version}: ${problem}`);
  if (problems.length > 0) process.exitCode = 1;
}

/**
 * Compiles the built declarations, and the tests of types, with every supported TypeScript.
 *
 * `skipLibCheck` would skip our declarations too, so it is off for them. Errors inside the declarations of the frameworks are ignored.
 */

import { spawnSync } from 'node:child_process';

const projects = [
  ['-p', 'tsconfig.declarations.json', '--skipLibCheck', 'false'],
  ['-p', 'tsconfig.type-tests.json', '--skipLibCheck', 'true'],
];
for (const version of ['typescript-5', 'typescript', 'typescript-7'])
  for (const project of projects) {
    const command = [`node_modules/${version}/bin/tsc`, ...project, '--pretty', 'false'];
    const { status, stdout, stderr } = spawnSync(process.execPath, command, { encoding: 'utf8' });
    const problems = stdout
      .split('\n')
      .filter((line) => /^(packages\/|test\/|error TS)/.test(line));
    if (status !== 0 && !stdout.includes('error TS')) problems.push(stdout, stderr);
    for (const problem of problems) console.error(`${version}: ${problem}`);
    if (problems.length > 0) process.exitCode = 1;
  }

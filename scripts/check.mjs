/** Runs every check, also after one has failed, and ends with a summary: `npm run check`. */

import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';

const env = {
  WIREIT_FAILURES: 'continue',
  WIREIT_PARALLEL: String(availableParallelism()),
  ...process.env,
};
const { status } = spawnSync('npm', ['run', '--silent', 'every-check'], {
  env,
  stdio: 'inherit',
  shell: process.platform === 'win32',
});
console.log(status === 0 ? 'Every check passed.' : 'A check failed: see ❌ above.');
process.exitCode = status ?? 1;

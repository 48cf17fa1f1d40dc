/** Runs every check, also after one has failed, and counts them in the last line: `npm run check`. */

import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

const { wireit } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
const checks = wireit['every-check'].dependencies;
const env = {
  WIREIT_FAILURES: 'continue',
  WIREIT_PARALLEL: String(availableParallelism()),
  ...process.env,
  // Only this logger names every script that succeeds.
  WIREIT_LOGGER: 'simple',
};
const run = spawn('npm', ['run', '--silent', 'every-check'], {
  env,
  stdio: ['ignore', 'pipe', 'inherit'],
  shell: process.platform === 'win32',
});
let output = '';
run.stdout.setEncoding('utf8').on('data', (text) => {
  output += text;
  process.stdout.write(text);
});
run.once('close', (status) => {
  const succeeded = new Set(Array.from(output.matchAll(/^✅ \[([\w:-]+)\]/gm), ([, name]) => name));
  const failed = checks.filter((name) => !succeeded.has(name));
  for (const name of failed) console.log(`Failed: npm run ${name}`);
  console.log(`${checks.length - failed.length} passed, ${failed.length} failed`);
  process.exitCode = failed.length > 0 ? 1 : status;
});

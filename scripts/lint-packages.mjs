/** Lints each packed package with publint and attw, and ends with 1 if one is not well-formed or none was packed. */

import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

const folder = join(import.meta.dirname, '../.packed');
const tarballs = readdirSync(folder).filter((name) => name.endsWith('.tgz'));
if (tarballs.length === 0) throw new Error('No package is packed. Run `npm run pack`.');
const run = (command, ...args) =>
  spawnSync(command, args, { stdio: 'inherit', shell: process.platform === 'win32' }).status === 0;
for (const name of tarballs) {
  const tarball = join(folder, name);
  const isFine = run('publint', tarball, '--strict') && run('attw', tarball, '--format', 'ascii');
  if (!isFine) process.exitCode = 1;
}

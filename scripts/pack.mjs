/** Packs every package with its pages into `.packed`, and writes the list of the tarballs beside them: `npm run pack`. */

import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writePackagePages } from '../docs/site/package-pages.mjs';

const folder = join(import.meta.dirname, '../.packed');
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder);
writePackagePages();
const pack = ['--recursive', '--filter', './packages/*', 'pack', '--json'];
const { status, stdout, error } = spawnSync('pnpm', [...pack, '--pack-destination', folder], {
  encoding: 'utf8',
  maxBuffer: 64 << 20,
  stdio: ['ignore', 'pipe', 'inherit'],
  shell: process.platform === 'win32',
});
if (error) throw error;
if (status === 0) writeFileSync(join(folder, 'packed.json'), stdout);
else console.log(stdout);
process.exitCode = status ?? 1;

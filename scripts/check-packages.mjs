// Packs every public package as it would be published and checks the tarballs with publint and attw.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const out = mkdtempSync(join(tmpdir(), 'telefsm-pack-'));
const bin = (pkg, file) => join('node_modules', pkg, file);
const run = (command, args, options = {}) => {
  const { status } = spawnSync(command, args, { stdio: 'inherit', ...options });
  if (status !== 0) process.exitCode = 1;
};
for (const dir of readdirSync('packages')) {
  const pkg = JSON.parse(readFileSync(join('packages', dir, 'package.json'), 'utf8'));
  if (pkg.private) continue;
  run('pnpm', ['--dir', join('packages', dir), 'pack', '--pack-destination', out], {
    stdio: ['ignore', 'ignore', 'inherit'],
    shell: process.platform === 'win32',
  });
}
for (const tgz of readdirSync(out)) {
  const file = join(out, tgz);
  run(process.execPath, [bin('publint', 'src/cli.js'), file, '--strict']);
  run(process.execPath, [bin('@arethetypeswrong/cli', 'dist/index.js'), file, '--format', 'ascii']);
}
rmSync(out, { recursive: true });

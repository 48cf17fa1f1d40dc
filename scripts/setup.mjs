// Installs the workspace's dependencies when they are missing or out of date, so that
// `npm test` or `npm run demo` is the only command a fresh clone needs: Node and npm are enough.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const stamp = join(root, 'node_modules', '.setup-stamp');
const read = (name) => readFileSync(join(root, name), 'utf8');
const want = createHash('sha256')
  .update(['package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml'].map(read).join('\0'))
  .update(process.version)
  .digest('hex');

if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== want) {
  const pnpm = JSON.parse(read('package.json')).packageManager.split('+')[0];
  const agent = process.env.npm_config_user_agent ?? '';
  const cli = process.env.npm_execpath ?? '';
  const install = ['install', '--frozen-lockfile', '--prefer-offline'];
  let command;
  let args;
  if (agent.startsWith(`${pnpm.replace('@', '/')} `)) {
    // Already inside the right pnpm.
    [command, args] = /\.[cm]?js$/.test(cli)
      ? [process.execPath, [cli, ...install]]
      : [cli, install];
  } else if (agent.startsWith('npm/') && cli) {
    // npm's own cli.js, started with this Node: no shell and no .cmd shim, so the same on Windows.
    [command, args] = [
      process.execPath,
      [cli, 'exec', '--yes', '--prefer-offline', '--', pnpm, ...install],
    ];
  } else {
    [command, args] = ['npx', ['--yes', '--prefer-offline', pnpm, ...install]];
  }
  const { status, error } = spawnSync(command, args, {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32' && command === 'npx',
  });
  if (error || status !== 0) {
    console.error(`setup: ${pnpm} install failed${error ? `: ${error.message}` : ''}`);
    process.exit(status || 1);
  }
  writeFileSync(stamp, want);
}

// Installs the workspace's dependencies when they are missing or out of date, so that `npm test` or `npm run demo` is the only
// command a fresh clone needs. It runs before anything is installed: Node and npm are all there is. What only the documentation
// site needs is left out, unless `--docs` asks for it.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const stamp = join(root, 'node_modules', '.setup-stamp');
const read = (path) => readFileSync(join(root, path), 'utf8');
const wanted = createHash('sha256').update(installedFrom().join('\0')).digest('hex');
const withDocs = process.argv.includes('--docs');
const found = existsSync(stamp) ? readFileSync(stamp, 'utf8') : '';

// An installation with the site's dependencies is also one without them.
if (found !== `${wanted} docs` && (withDocs || found !== wanted)) {
  const [pnpm] = JSON.parse(read('package.json')).packageManager.split('+');
  console.log(`Installing the dependencies with ${pnpm}; this happens once.`);
  rmSync(stamp, { force: true });
  const began = performance.now();
  const { command, args, shell = false } = starting(pnpm);
  const install = ['install', '--frozen-lockfile', '--prefer-offline', '--reporter=append-only'];
  // A filter leaves folders outside it as they are.
  if (!withDocs) install.push('--filter=!@telefsm/docs');
  const { status, error, stdout, stderr } = spawnSync(command, [...args, ...install], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 << 20,
    shell,
    env: { ...process.env, CI: 'true' },
  });
  if (error || status !== 0) {
    console.error(`${stdout ?? ''}${stderr ?? ''}`);
    console.error(
      `${pnpm} install failed${error ? `: ${error.message}` : `, exit code ${status}`}.`,
    );
    process.exit(status || 1);
  }
  writeFileSync(stamp, withDocs ? `${wanted} docs` : wanted);
  console.log(`Installed in ${((performance.now() - began) / 1000).toFixed(1)} s.`);
}

/** Everything that decides what an installation consists of. */
function installedFrom() {
  const { packageManager, devDependencies } = JSON.parse(read('package.json'));
  const packages = readdirSync(join(root, 'packages')).map((name) => `packages/${name}`);
  const examples = [...readdirSync(join(root, 'examples')).map((name) => `examples/${name}`)];
  // Scripts and descriptions may change without a new installation; dependencies and programs may not.
  const manifests = [...packages, ...examples, 'docs', 'test', 'test/bench'].flatMap((folder) => {
    if (!existsSync(join(root, folder, 'package.json'))) return [];
    const manifest = JSON.parse(read(`${folder}/package.json`));
    return [folder, manifest.dependencies, manifest.devDependencies, manifest.peerDependencies];
  });
  return [
    JSON.stringify([packageManager, devDependencies, manifests]),
    read('pnpm-lock.yaml'),
    read('pnpm-workspace.yaml'),
    process.version,
  ];
}

/** How to start the pinned pnpm, which need not be installed. */
function starting(pnpm) {
  const cli = process.env.npm_execpath ?? '';
  const agent = process.env.npm_config_user_agent ?? '';
  if (agent.startsWith(`${pnpm.replace('@', '/')} `))
    return /\.[cm]?js$/.test(cli)
      ? { command: process.execPath, args: [cli] }
      : { command: cli, args: [] };
  const fetching = ['--yes', '--prefer-offline', '--loglevel=error'];
  // npm's own script, started with this Node: no shell and no .cmd file, so it is the same on Windows.
  if (agent.startsWith('npm/') && cli)
    return { command: process.execPath, args: [cli, 'exec', ...fetching, '--', pnpm] };
  return { command: 'npx', args: [...fetching, pnpm], shell: process.platform === 'win32' };
}

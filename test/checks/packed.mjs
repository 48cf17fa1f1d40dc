/** The packed packages, and a folder outside the workspace to install them in. */

import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const root = new URL('../../', import.meta.url);
const json = (path) => JSON.parse(readFileSync(new URL(path, root), 'utf8'));

/** The results of `npm run pack`: of each package its name, `manifest`, `tarball` (a file URL) and the `files` inside. */
export const packed = json('.packed/packed.json').map(({ name, filename, files }) => ({
  name,
  manifest: json(`packages/${name.replace('@telefsm/', '')}/package.json`),
  tarball: pathToFileURL(filename).href,
  files: files.map(({ path }) => path),
}));

/** The versions of third-party packages that the workspace is tested with, by name. */
export const versions = Object.fromEntries(
  [...packed.map(({ manifest }) => manifest), json('test/package.json')]
    .flatMap(({ devDependencies }) => Object.entries(devDependencies ?? {}))
    .filter(([, version]) => !version.startsWith('workspace:')),
);

/** The command that installs packages: quiet, and without asking a registry for what npm has cached. */
const npm = process.env.npm_execpath?.includes('npm-cli')
  ? [process.execPath, process.env.npm_execpath]
  : ['npm'];
const quietly = ['--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'];

/** An npm command line: `npmCommand('install', 'grammy')`. */
export const npmCommand = (...args) => [...npm, ...args, ...quietly];

/** Makes an empty folder; `remove()` deletes it. */
export function emptyFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'telefsm-packed-'));
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/**
 * Runs a command to its end and resolves with its output, stdout and stderr together.
 *
 * @param set - environment variables of its own
 * @throws Error with the output, if the command fails
 */
export function run([program, ...args], cwd, set = {}) {
  const env = { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0', ...set };
  const child = spawn(program, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (chunk) => {
      output += chunk;
    });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status) => {
      if (status === 0) resolve(output);
      else reject(new Error(`"${[program, ...args].join(' ')}" exits with ${status}:\n${output}`));
    });
  });
}

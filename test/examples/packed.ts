/** The packages as they would be published, and projects that are installed from them. */

import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';

/** The repository's folder. */
export const root = fileURLToPath(new URL('../..', import.meta.url));

/** How a program ended: its exit code, and what it printed on stdout and stderr. */
export interface Ended {
  readonly code: unknown;
  readonly output: string;
}

/** Runs a program without the environment variables of the test runner. */
export function run(
  cwd: string,
  [command = '', ...args]: readonly string[],
  set: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  const env = Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(VITEST|NODE_ENV$|NODE_TEST_CONTEXT$|TEST$|BOT_TOKEN$)/.test(name),
    ),
  );
  return new Promise((resolve) => {
    const options = { cwd, env: { ...env, ...set }, maxBuffer: 1 << 26 };
    execFile(command, args, options, (error, stdout, stderr) => {
      resolve({ code: error?.code ?? 0, output: `${stdout}${stderr}` });
    });
  });
}

/**
 * Builds and packs every package into a folder.
 *
 * @returns the address of each tarball (`file:…`), by the name of its package
 */
export async function packInto(folder: string): Promise<Readonly<Record<string, string>>> {
  const tarballs: Record<string, string> = {};
  const bin = (name: string) => join(root, 'node_modules/.bin', name);
  expect(await run(root, [bin('tsdown'), '--logLevel', 'error'])).toMatchObject({ code: 0 });
  for (const name of readdirSync(join(root, 'packages'))) {
    const dir = join(root, 'packages', name);
    const manifest = JSON.parse(readFileSync(join(dir, 'package.json'), 'utf8'));
    const packed = await run(dir, [bin('pnpm'), 'pack', '--json', '--pack-destination', folder]);
    expect(packed).toMatchObject({ code: 0 });
    const { filename } = JSON.parse(packed.output.slice(packed.output.indexOf('{')));
    tarballs[manifest.name] = `file:${filename}`;
  }
  return tarballs;
}

/**
 * Installs a project, with the tarballs in place of our packages.
 *
 * @returns the scripts of the project
 */
export async function install(
  project: string,
  tarballs: Readonly<Record<string, string>>,
): Promise<Readonly<Record<string, string>>> {
  const file = join(project, 'package.json');
  const manifest = JSON.parse(await readFile(file, 'utf8'));
  for (const group of ['dependencies', 'devDependencies'])
    for (const name of Object.keys(manifest[group]))
      manifest[group][name] = tarballs[name] ?? manifest[group][name];
  const overrides = { ...manifest.overrides, ...tarballs };
  await writeFile(file, JSON.stringify({ ...manifest, overrides }));
  const quietly = ['--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'];
  expect(await run(project, ['npm', 'install', ...quietly])).toMatchObject({ code: 0 });
  return manifest.scripts;
}

/** Installs the runtimes and, in an empty folder, the packed packages: what the tests of this folder start. */

import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import type { TestProject } from 'vitest/node';
import { startRedis } from '../servers/redis.ts';
import { bundlers } from './bundlers.ts';
import { runtimes, workerd } from './runtimes.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The folder that has the runtimes in its `node_modules`. */
    readonly tools: string;
    /** The folder that has the packed packages in its `node_modules`, and the programs. */
    readonly app: string;
    readonly redis: string;
  }
}

const run = promisify(execFile);
const root = join(import.meta.dirname, '../..');
const quietly = ['--prefer-offline', '--no-audit', '--no-fund', '--no-package-lock'];

const undo: (() => Promise<void>)[] = [];

/** Vitest calls it once, before all files. */
export async function setup(project: TestProject): Promise<void> {
  const tools = join(root, 'node_modules/.cache/telefsm-runtimes');
  const binaries = Object.fromEntries(runtimes.map(({ install }) => install));
  await install(tools, { ...binaries, ...workerd, ...bundlers });
  const app = await mkdtemp(join(tmpdir(), 'telefsm-runtimes-'));
  undo.push(() => rm(app, { recursive: true, force: true }));
  await install(app, { ...tarballs(), ...clients() });
  for (const folder of ['programs', 'bots'])
    await cp(join(import.meta.dirname, folder), join(app, folder), { recursive: true });
  const redis = await startRedis();
  undo.push(() => redis.stop());
  project.provide('tools', tools);
  project.provide('app', app);
  project.provide('redis', redis.url);
}

/** Vitest calls it once, after all files, also where the set-up has failed. */
export async function teardown(): Promise<void> {
  for (const each of undo.reverse()) await each();
}

/** The tarballs of `npm run pack`, by the names of their packages. */
function tarballs(): Record<string, string> {
  const packed = JSON.parse(readFileSync(join(root, '.packed/packed.json'), 'utf8')) as {
    name: string;
    filename: string;
  }[];
  return Object.fromEntries(
    packed.map(({ name, filename }) => [name, pathToFileURL(filename).href]),
  );
}

/** The frameworks and database clients of the workspace's tests, in the same versions. */
function clients(): Record<string, string> {
  const { devDependencies } = JSON.parse(readFileSync(join(root, 'test/package.json'), 'utf8')) as {
    devDependencies: Record<string, string>;
  };
  const names = ['grammy', 'telegraf', 'ioredis', 'libsql', 'mysql2', 'pg', 'redis'];
  return Object.fromEntries(names.map((name) => [name, devDependencies[name] as string]));
}

/** Installs exact versions, unless the folder has them already. */
async function install(folder: string, dependencies: Record<string, string>): Promise<void> {
  const manifest = JSON.stringify({ private: true, type: 'module', dependencies });
  const stamp = join(folder, 'installed.json');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === manifest) return;
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'package.json'), manifest);
  // No install scripts: the binaries are inside the packages.
  const npm = ['npm', ['install', '--ignore-scripts', '--loglevel=error', ...quietly]] as const;
  await run(...npm, { cwd: folder, shell: process.platform === 'win32' });
  await writeFile(stamp, manifest);
}

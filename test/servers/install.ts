/** Finds the real servers that tests need, and installs a missing one from Debian where that is allowed. */

import { execFile } from 'node:child_process';
import { access, constants, readdir } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { locked } from './lock.ts';

const run = promisify(execFile);
const postgresFolder = '/usr/lib/postgresql';

/**
 * Finds a program, or installs the Debian package that has it.
 *
 * Several processes may ask at once: one installs, the others wait for it.
 *
 * @param command - name of the program, without a folder
 * @param debianPackage - the package to install when it is missing
 * @returns the program's full path
 * @throws Error of one line that says what to install, where it can't be done here
 */
export async function ensureCommand(command: string, debianPackage: string): Promise<string> {
  const found = await findCommand(command);
  if (found !== undefined) return found;
  if (process.getuid?.() !== 0 || (await findCommand('apt-get')) === undefined)
    throw missing(command, debianPackage);
  await locked('install', async () => {
    if ((await findCommand(command)) === undefined) await install(command, debianPackage);
  });
  const installed = await findCommand(command);
  if (installed === undefined) throw missing(command, debianPackage);
  return installed;
}

async function findCommand(command: string): Promise<string | undefined> {
  const { PATH = '' } = process.env;
  const versions = await readdir(postgresFolder).catch(() => []);
  const newestFirst = versions.sort((a, b) => Number(b) - Number(a));
  const folders = [
    ...PATH.split(delimiter),
    '/usr/local/bin',
    '/usr/bin',
    '/usr/local/sbin',
    '/usr/sbin',
    ...newestFirst.map((version) => join(postgresFolder, version, 'bin')),
  ];
  for (const folder of folders) {
    if (folder === '') continue;
    const path = join(folder, command);
    const usable = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (usable) return path;
  }
  return undefined;
}

async function install(command: string, debianPackage: string): Promise<void> {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const wait = ['-o', 'DPkg::Lock::Timeout=120'];
  const get = () =>
    run('apt-get', ['install', '-y', '--no-install-recommends', ...wait, debianPackage], { env });
  try {
    // The package lists may be there and fresh enough; refreshing them is the slow part.
    await get().catch(() => run('apt-get', ['update', ...wait], { env }).then(get));
  } catch (cause) {
    throw missing(command, debianPackage, cause);
  }
}

function missing(command: string, debianPackage: string, cause?: unknown): Error {
  return new Error(
    `The tests need the program '${command}': install it, on Debian with 'apt-get install ${debianPackage}'.`,
    { cause },
  );
}

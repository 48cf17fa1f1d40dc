/** The root, the packages and the files of the workspace. */

import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's folder. */
export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** Reads a text file by its path from the root. */
export const read = (path) => readFileSync(join(root, path), 'utf8');

/** Reads a JSON file by its path from the root. */
export const readJson = (path) => JSON.parse(read(path));

/** Every folder of `packages`, with its manifest: `{ folder, dir, manifest }`. */
export function packages() {
  return readdirSync(join(root, 'packages'))
    .filter((folder) => existsSync(join(root, 'packages', folder, 'package.json')))
    .map((folder) => ({
      folder,
      dir: `packages/${folder}`,
      manifest: readJson(`packages/${folder}/package.json`),
    }));
}

/** The packages that are published. */
export const publicPackages = () => packages().filter(({ manifest }) => !manifest.private);

/** The names of a package's entries: `index`, and others such as `storage`. */
export const entriesOf = ({ manifest }) =>
  Object.values(manifest.exports).flatMap((target) =>
    typeof target === 'object' ? [/([^/]+)\.js$/.exec(target.import.default)[1]] : [],
  );

/**
 * Paths from the root of all files that git tracks or would track, so that a new file is checked before its first commit.
 *
 * @param pattern - a regular expression that the path must match
 */
export function projectFiles(pattern = /./) {
  const { stdout, status, stderr } = spawnSync(
    'git',
    ['ls-files', '-z', '--cached', '--others', '--exclude-standard'],
    { cwd: root, encoding: 'utf8', maxBuffer: 64 << 20 },
  );
  if (status !== 0) throw new Error(`git ls-files failed: ${stderr}`);
  const paths = [...new Set(stdout.split('\0'))].filter((path) => path && pattern.test(path));
  return paths.filter((path) => existsSync(join(root, path))).sort();
}
